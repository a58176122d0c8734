import type { PartHealth, RemoteSettings, ReportedConfig } from "@tillsight/contracts";
import { type Logger, silentLogger } from "../observe/logger.js";
import { type Clock, systemClock } from "../ports/clock.js";
import { type DeliveredModels, type Role, roles } from "./delivered.js";
import type { ModelFetch } from "./model-fetch.js";
import { nextForRole, type RoleStep } from "./plan.js";

export type ModelWish = RemoteSettings["models"];

export interface ModelKeeperOptions {
  readonly delivered: DeliveredModels;
  readonly fetch: Pick<ModelFetch, "want" | "progress">;
  /** Ids of what runs, and of what the lane came with; null: none. */
  readonly running: Readonly<Record<Role, string | null>>;
  readonly shipped: Readonly<Record<Role, string | null>>;
  /** What headquarters wishes for at this moment. */
  readonly wish: () => ModelWish;
  /** Nobody shops. */
  readonly idle: () => boolean;
  /** Ends the process so that it is started again; undefined: nobody would. */
  readonly restart: (() => void) | undefined;
  /** How long nobody must have shopped, ms. */
  readonly idleMs?: number;
  /** How often it looks, ms. */
  readonly everyMs?: number;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/**
 * Brings the lane to the networks that headquarters wishes for: fetches them while it sells, and restarts it with them
 * once nobody has shopped for a while.
 */
export class ModelKeeper {
  readonly #o: ModelKeeperOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #idleSince: number | null = null;
  #restarted = false;

  constructor(options: ModelKeeperOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
  }

  start(): void {
    if (this.#timer) return;
    this.#o.delivered.tidy(Object.values(this.#o.wish() ?? {}).filter((id) => id !== undefined));
    this.#timer = setInterval(() => this.step(), this.#o.everyMs ?? 1000).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A new wish: what failed before may be tried again. */
  wished(before: ModelWish, now: ModelWish): void {
    for (const role of roles) if (before?.[role] !== now?.[role]) this.#o.delivered.forgive(role);
  }

  step(): void {
    const steps = this.#steps();
    const fetching = steps.find(({ step }) => step.do === "fetch")?.step;
    this.#o.fetch.want(fetching?.do === "fetch" ? fetching.id : null);
    const now = this.#clock.monotonic();
    this.#idleSince = this.#o.idle() ? (this.#idleSince ?? now) : null;
    const idle = this.#idleSince !== null && now - this.#idleSince >= (this.#o.idleMs ?? 20_000);
    const ready = steps.filter(({ step }) => step.do === "switch");
    // All at once, so that the lane restarts once.
    if (fetching || ready.length === 0 || !idle || this.#restarted || !this.#o.restart) return;
    this.#restarted = true;
    for (const { role, step } of ready)
      if (step.do === "switch") {
        this.#log.info("restarting with another network", { role, id: step.to ?? "as shipped" });
        this.#o.delivered.choose(role, step.to);
      }
    this.#o.restart();
  }

  /** How far it is, for headquarters; undefined: all is as wished. */
  report(): Pick<ReportedConfig, "state" | "detail"> | undefined {
    const texts = this.#steps().flatMap(({ step }) => this.#say(step) ?? []);
    const refused = texts.find(({ state }) => state === "refused");
    return refused ?? texts[0];
  }

  health(): PartHealth {
    const far = this.report();
    if (far?.state !== "refused") return { state: "ok", detail: far?.detail ?? "as headquarters wishes" };
    const fix = "Take the rollout back, or bring a network that works here; the lane goes on with another.";
    return { state: "degraded", detail: far.detail, fix };
  }

  #say(step: RoleStep): Pick<ReportedConfig, "state" | "detail"> | undefined {
    const { fetch, restart } = this.#o;
    if (step.do === "refuse") return { state: "refused", detail: step.why.slice(0, 500) };
    if (step.do === "fetch") {
      const far = fetch.progress ? `${fetch.progress.here} of ${fetch.progress.of} parts` : "not begun";
      return { state: "afterRestart", detail: `fetching ${step.id}: ${far}` };
    }
    if (step.do === "nothing") return undefined;
    const when = restart
      ? "when nobody shops"
      : "when somebody restarts it: nothing here would start it again";
    return { state: "afterRestart", detail: `${step.to ?? "the network it came with"} ${when}` };
  }

  #steps(): { readonly role: Role; readonly step: RoleStep }[] {
    const { delivered, running, shipped } = this.#o;
    const wishes = this.#o.wish();
    return roles.map((role) => {
      const wish = wishes?.[role] ?? null;
      const here = wish !== null && delivered.has(wish);
      const state = {
        wish,
        running: running[role],
        shipped: shipped[role],
        choice: delivered.choice(role),
        here,
      };
      return { role, step: nextForRole(state) };
    });
  }
}
