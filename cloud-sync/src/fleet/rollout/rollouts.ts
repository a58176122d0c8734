import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { NodeName, RemoteSettings } from "@tillsight/contracts";
import { type RollbackParts, rollBackCatalog } from "../../catalog/rollback/rollback.js";
import { ownsAll, type Share } from "../../copies/copies.js";
import { ConflictError, NotFoundError } from "../../errors.js";
import type { Logger } from "../../log.js";
import type { Database, Sql } from "../../storage/database.js";
import { jsonText } from "../../storage/json-text.js";
import { RolloutStateError } from "../errors.js";
import type { Fleet } from "../fleet.js";
import type { ModelShelf } from "../models/shelf.js";
import type { Terminal, TerminalId } from "../terminals.js";
import { isBack, isUndone, judgeTerminal, type NeededLsn, placeOf } from "./judge.js";
import { draft, mustUndo, nextRollout, type RolloutInput, wanted, withTarget } from "./machine.js";
import { neededLsn } from "./needed-lsn.js";
import {
  RolloutPlan,
  type RolloutStage,
  RolloutState,
  type RolloutTarget,
  type TerminalReport,
} from "./plan.js";

export interface Rollout {
  readonly id: string;
  readonly plan: RolloutPlan;
  readonly state: RolloutState;
  readonly actor: string;
  readonly createdAt: Date;
}

/** A stage as people order it: terminals by their groups too. */
export interface StageWish extends Omit<RolloutStage, "terminals"> {
  readonly groups?: readonly string[];
  readonly terminals?: readonly string[];
}

export interface RolloutsOptions {
  readonly db: Database;
  readonly fleet: Pick<Fleet, "terminals" | "desire">;
  /** For taking catalogs back. */
  readonly rollback: RollbackParts;
  /** Networks that can be brought. */
  readonly models: Pick<ModelShelf, "find">;
  readonly now: () => Date;
  readonly log: Logger;
  /** What other copies on the same database leave to this one. */
  readonly share?: Share;
  /** How often terminals are looked at, ms. */
  readonly everyMs?: number;
}

interface Row {
  id: string;
  plan: unknown;
  state: unknown;
  version: number;
  actor: string;
  created_at: Date;
}

/**
 * Brings a catalog or a network to the fleet, stage by stage. The state is in the database and moves by comparing
 * versions, so several copies of headquarters may all look after it.
 */
export class Rollouts {
  readonly #o: RolloutsOptions;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;

  constructor(options: RolloutsOptions) {
    this.#o = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.step(), this.#o.everyMs ?? 5_000).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#work;
  }

  /** A draft. @throws RolloutStateError when a stage has no terminal, or two stages the same */
  async create(
    wish: {
      name: string;
      target: RolloutPlan["target"];
      onError: RolloutPlan["onError"];
      stages: readonly StageWish[];
    },
    actor: string,
  ): Promise<Rollout> {
    const target = await this.#checked(wish.target);
    const now = this.#o.now();
    const terminals = await this.#o.fleet.terminals.list({ after: "/", limit: 100_000 }, now);
    const stages = resolveStages(wish.stages, terminals);
    if (target.kind === "catalog" && target.undoToLsn !== undefined && target.undoToLsn >= target.lsn)
      throw new RolloutStateError(
        `changes after LSN ${target.undoToLsn} cannot be those of a rollout to LSN ${target.lsn}`,
        "Give the LSN before the rollout's first change as undoToLsn.",
      );
    const names = new Set(stages.flatMap((stage) => stage.terminals));
    const own = terminals.filter((terminal) => names.has(nameOf(terminal)));
    const previous = Object.fromEntries(own.map((terminal) => [nameOf(terminal), placeOf(terminal, target)]));
    const plan = RolloutPlan.parse({ ...wish, target, stages, previous });
    const { rows } = await this.#o.db.query<Row>(
      `insert into rollout (id, plan, state, running, actor, created_at)
       values ($1, $2::jsonb, $3::jsonb, false, $4, $5) returning *`,
      [randomUUID(), jsonText(plan), jsonText(draft), actor, now.toISOString()],
    );
    return rolloutOf(rows[0] as Row);
  }

  /** With the role of the network that it brings. @throws RolloutStateError */
  async #checked(target: RolloutTarget): Promise<RolloutTarget> {
    if (target.kind === "catalog") return target;
    const known = await this.#o.models.find(target.id);
    const own = this.#o.rollback.embedderId;
    // Vectors of two embedders never meet: lanes with another would take no change of the catalog any more.
    if (!known && target.id !== own)
      throw new RolloutStateError(
        `${target.id} is no network that headquarters can bring, nor the catalog's embedder ${own}`,
        "Add a detector or print network with POST /api/models. An embedder comes to headquarters first: see docs/headquarters.md, Another embedder.",
      );
    return { ...target, role: known?.kind ?? "embedder" };
  }

  async list(limit: number): Promise<Rollout[]> {
    const { rows } = await this.#o.db.query<Row>(
      "select * from rollout order by created_at desc, id limit $1",
      [limit],
    );
    return rows.map(rolloutOf);
  }

  /** With how each terminal fares. @throws NotFoundError */
  async show(id: string): Promise<Rollout & { readonly reports: Record<string, TerminalReport> }> {
    const rollout = rolloutOf(await this.#row(id));
    const { reports } = await this.#look(rollout.plan, rollout.state);
    return { ...rollout, reports: Object.fromEntries(reports) };
  }

  /** @throws NotFoundError, RolloutStateError */
  async act(id: string, on: "start" | "pause" | "resume" | "rollBack", by: string): Promise<Rollout> {
    for (;;) {
      const row = await this.#row(id);
      const { plan, state } = rolloutOf(row);
      const next = nextRollout(plan, state, { on, at: this.#o.now().getTime(), by });
      if (!next)
        throw new RolloutStateError(
          `a rollout that is ${state.status} cannot do this: ${on}`,
          "Look at its state; a new one can be made at any time.",
        );
      if (!(await this.#save(row, next))) continue;
      await this.#settle(plan, next);
      return { ...rolloutOf(row), state: next };
    }
  }

  /** Looks after every rollout that runs, once. Trouble is logged: the next step tries again. */
  step(): Promise<void> {
    this.#work ??= this.#step()
      .catch((error: unknown) => this.#o.log.warn("a rollout could not go on", { error: String(error) }))
      .finally(() => {
        this.#work = undefined;
      });
    return this.#work;
  }

  async #step(): Promise<void> {
    if (!(this.#o.share ?? ownsAll).owns("rollouts")) return;
    const { rows } = await this.#o.db.query<Row>("select * from rollout where running order by created_at");
    for (const row of rows) {
      const { plan, state } = rolloutOf(row);
      if (mustUndo(plan, state)) {
        // What follows from it is for the next step, which reads the state anew.
        await this.#undo(row, plan, state);
        continue;
      }
      const { reports, reverted } = await this.#look(plan, state);
      const input: RolloutInput = { on: "tick", at: this.#o.now().getTime(), reports, reverted };
      const next = nextRollout(plan, state, input) ?? state;
      if (next !== state && !(await this.#save(row, next))) continue;
      if (next.status !== state.status || next.stage !== state.stage)
        this.#o.log.info("rollout", {
          name: plan.name,
          status: next.status,
          stage: next.stage,
          why: next.why,
        });
      // Each time, not only at a change: whoever took the step may have ended before this.
      await this.#settle(plan, next);
    }
  }

  /** In one transaction with the rollout's own state: however many copies try, and whenever they end, once. */
  async #undo(row: Row, plan: RolloutPlan, state: RolloutState): Promise<void> {
    const { target, name } = plan;
    if (target.kind !== "catalog" || target.undoToLsn === undefined) return;
    const wish = { toLsn: target.undoToLsn, throughLsn: target.lsn };
    const by = { actor: row.actor, reason: `rollout "${name}" was taken back: ${state.why}` };
    try {
      const { report } = await rollBackCatalog(this.#o.rollback, wish, by, async (tx, { lsn, left }) => {
        const rest = left.count > 0 ? `; changed since and left as they are: ${left.count}` : "";
        const undone = { ...state, undoneLsn: lsn, why: `${state.why}; undone in the catalog${rest}` };
        if (!(await this.#save(row, undone, tx))) throw new Elsewhere();
      });
      this.#o.log.info("rollout undone in the catalog", { name, lsn: report.lsn, products: report.skus });
    } catch (error) {
      if (!(error instanceof Elsewhere)) throw error;
    }
  }

  async #look(plan: RolloutPlan, state: RolloutState) {
    const now = this.#o.now();
    const all = await this.#o.fleet.terminals.list({ after: "/", limit: 100_000 }, now);
    const byName = new Map(all.map((terminal) => [nameOf(terminal), terminal]));
    const names = plan.stages.flatMap(({ terminals }) => terminals);
    const { target } = plan;
    const reached = target.kind === "catalog" ? await neededLsn(this.#o.db, target.lsn) : nothing;
    const reports = new Map(names.map((name) => [name, judgeTerminal(byName.get(name), target, reached)]));
    const undone = state.undoneLsn === null ? null : await neededLsn(this.#o.db, state.undoneLsn);
    const back = names.filter((name) =>
      undone
        ? isUndone(byName.get(name), undone)
        : isBack(byName.get(name), target, plan.previous[name] ?? null),
    );
    return { reports, reverted: new Set(back) };
  }

  /** Brings what terminals are to have in line with the state; doing it again changes nothing. */
  async #settle(plan: RolloutPlan, state: RolloutState): Promise<void> {
    const { target } = plan;
    const over = state.status === "done" && target.kind === "catalog";
    // A finished rollout of a catalog lets its terminals follow again.
    for (const [name, value] of wanted(plan, state))
      await this.#bring(idOf(name), target, over ? null : value);
  }

  /** Somebody may change other settings meanwhile, or another copy may do the same. */
  async #bring(id: TerminalId, target: RolloutTarget, want: string | number | null): Promise<void> {
    for (let tries = 1; ; tries++) {
      const terminal = await this.#o.fleet.terminals.find(id, this.#o.now());
      if (!terminal) return;
      const { version, desired } = terminal.settings;
      const settings = withTarget(RemoteSettings.parse(desired), target, want);
      // As they are stored: what is undefined is not there.
      if (isDeepStrictEqual(JSON.parse(JSON.stringify(settings)), desired)) return;
      try {
        await this.#o.fleet.desire(id, settings, version);
        return;
      } catch (error) {
        if (!(error instanceof ConflictError) || tries === patience) throw error;
      }
    }
  }

  async #row(id: string): Promise<Row> {
    const { rows } = await this.#o.db.query<Row>("select * from rollout where id = $1", [id]);
    if (rows[0]) return rows[0];
    throw new NotFoundError(`there is no rollout ${id}`, "GET /api/fleet/rollouts lists them.");
  }

  async #save(row: Row, state: RolloutState, sql: Sql = this.#o.db): Promise<boolean> {
    const { affected } = await sql.query(
      "update rollout set state = $3::jsonb, running = $4, version = version + 1 where id = $1 and version = $2",
      [row.id, row.version, jsonText(state), state.status === "running" || state.status === "rollingBack"],
    );
    return affected === 1;
  }
}

/** Another copy took the step: this one's changes are given up. */
class Elsewhere {}

const nothing: NeededLsn = () => null;

/** How often somebody else may be quicker. */
const patience = 5;

const nameOf = ({ store, terminal }: TerminalId): string => `${store}/${terminal}`;

function idOf(name: string): TerminalId {
  const [store, terminal] = name.split("/");
  return { store: NodeName.parse(store), terminal: NodeName.parse(terminal) };
}

const rolloutOf = (row: Row): Rollout => ({
  ...{ id: row.id, plan: RolloutPlan.parse(row.plan), state: RolloutState.parse(row.state) },
  ...{ actor: row.actor, createdAt: row.created_at },
});

/** Each terminal belongs to the first stage that names it or its group. */
export function resolveStages(wishes: readonly StageWish[], terminals: readonly Terminal[]): RolloutStage[] {
  const known = new Set(terminals.map(nameOf));
  const taken = new Set<string>();
  return wishes.map(({ groups = [], terminals: named = [], name, ...rest }) => {
    const unknown = named.find((terminal) => !known.has(terminal));
    if (unknown !== undefined)
      throw new RolloutStateError(`there is no terminal ${unknown}`, "GET /api/fleet/terminals lists them.");
    const grouped = terminals
      .filter(({ group }) => groups.includes(group) || groups.includes("*"))
      .map(nameOf);
    const own = [...new Set([...named, ...grouped])].filter((terminal) => !taken.has(terminal));
    for (const terminal of own) taken.add(terminal);
    if (own.length === 0)
      throw new RolloutStateError(
        `the stage ${name} has no terminal`,
        'Name groups or terminals that an earlier stage has not; "*" is every group.',
      );
    return { ...rest, name, terminals: own };
  });
}
