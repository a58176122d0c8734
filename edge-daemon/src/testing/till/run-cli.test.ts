import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLineSink } from "../../pos/create-sink.js";
import { PosSettings } from "../../pos/settings.js";
import { QUICK } from "./bench-till.js";
import { anItem } from "./messages.js";
import { runTillCli } from "./run-cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tillsight-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

function run(...argv: string[]) {
  const stop = new AbortController();
  const lines: string[] = [];
  const warnings: string[] = [];
  const out = { print: (line: string) => lines.push(line), warn: (line: string) => warnings.push(line) };
  const ended = runTillCli(argv, out, stop.signal);
  const end = async () => {
    stop.abort();
    await ended;
  };
  return { lines, warnings, ended, end };
}

const never = new AbortController().signal;

describe("till simulator's command line", () => {
  it("makes its own serial end, follows a script, prints and logs what it books, and cleans up", async () => {
    const [lane, log, script] = [join(folder, "till"), join(folder, "log"), join(folder, "script.json")];
    await writeFile(script, JSON.stringify({ steps: [{ do: "nak", reason: "unknown-item" }] }));
    const till = run("--pty", lane, "--log", log, "--script", script);
    await expect.poll(() => till.warnings).toEqual([`till-line till for a lane on ${lane}; 0 booked before`]);
    const sink = createLineSink(PosSettings.parse({ ...QUICK, path: lane }));
    await sink.start();
    expect((await sink.send(anItem(), 1, never)).kind).toBe("refused");
    expect((await sink.send(anItem(), 2, never)).kind).toBe("accepted");
    await sink.stop();
    await till.end();
    expect(till.lines).toEqual([expect.stringMatching(/item {3}1 x Cola 0,33 l {2}€1\.29$/)]);
    expect((await readFile(log, "utf8")).trim().split("\n")).toHaveLength(1);
    await expect(access(lane)).rejects.toThrow();
  });

  it("says that it waits for a port that is not there", async () => {
    const till = run("--path", join(folder, "nothing"), "--protocol", "scanner");
    await expect
      .poll(() => till.warnings.join("\n"))
      .toMatch(/there is no serial port .* \(trying until it is there\)/);
    await till.end();
  });

  it("explains itself", async () => {
    const till = run("--help");
    await till.ended;
    for (const option of ["--path", "--pty", "--protocol", "--log", "--script", "--json"])
      expect(till.lines.join("\n")).toContain(option);
  });

  it.each([
    ["neither port nor pair", [], /name one of --path and --pty/],
    ["an unknown option", ["--speed", "9"], /--speed/],
    ["an unknown protocol", ["--path", "x", "--protocol", "y"], /protocol/],
    ["a script that is not there", ["--path", "x", "--script", "/nowhere.json"], /nowhere\.json/],
  ])("refuses %s", async (_what, argv, names) => {
    await expect(run(...argv).ended).rejects.toThrow(names);
  });

  it("refuses a script with an unknown step and names it", async () => {
    const script = join(folder, "script.json");
    await writeFile(script, JSON.stringify({ steps: [{ do: "explode" }] }));
    await expect(run("--path", "x", "--script", script).ended).rejects.toThrow(/steps\[0\]\.do/);
  });
});
