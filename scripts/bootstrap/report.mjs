/** Progress lines and the closing table of what each step did and how long it took. */
export class Report {
  #steps = [];
  #write;
  #now;

  /** @param {(line: string) => void} write @param {() => number} now milliseconds, monotonic */
  constructor(write = console.log, now = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  say = (line) => this.#write(`  ${line}`);

  /** Runs one step; what `work` resolves to is shown in the table. */
  async step(name, work) {
    const begun = this.#now();
    const outcome = await work();
    this.#steps.push({ name, outcome, seconds: (this.#now() - begun) / 1000 });
  }

  /** @returns {string} the table; `cold` when anything had to be installed or compiled */
  closing() {
    const total = this.#steps.reduce((sum, step) => sum + step.seconds, 0);
    const cold = this.#steps.some(({ outcome }) => /installed|compiled/.test(outcome));
    const rows = this.#steps.map(
      ({ name, outcome, seconds }) => `  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s  ${outcome}`,
    );
    return [
      ...rows,
      `  ${"ready".padEnd(16)} ${total.toFixed(1).padStart(6)} s  (${cold ? "cold" : "warm"})`,
    ].join("\n");
  }
}
