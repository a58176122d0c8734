import { FleetCommand, type NodeName, type OrderAnswer } from "@tillsight/contracts";
import type { Database } from "../storage/database.js";
import { jsonText } from "../storage/json-text.js";
import { type NewestFirst, newestFirst } from "../storage/newest-first.js";
import type { TerminalId } from "./terminals.js";

export interface CommandRecord {
  readonly id: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly command: FleetCommand;
  readonly actor: string;
  readonly createdAt: Date;
  readonly deadline: Date;
  readonly answeredAt: Date | null;
  readonly state: CommandState;
  readonly detail: string;
}
export type CommandState = "waiting" | "done" | "failed" | "expired";

interface Row {
  id: string;
  store: NodeName;
  terminal: NodeName;
  command: unknown;
  actor: string;
  created_at: Date;
  deadline: Date;
  answered_at: Date | null;
  state: Exclude<CommandState, "waiting"> | null;
  detail: string;
}

/** What a command's state is at a moment: one that nobody answered before its deadline has expired by itself. */
export const commandStateAt = (state: Row["state"], deadline: Date, now: Date): CommandState =>
  state ?? (now.getTime() < deadline.getTime() ? "waiting" : "expired");

/** Commands to lanes, kept with what became of them. */
export class Commands {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(
    { store, terminal }: TerminalId,
    fields: { id: string; command: FleetCommand; actor: string; deadline: Date },
    now: Date,
  ): Promise<CommandRecord> {
    const { rows } = await this.#db.query<Row>(
      `insert into fleet_command (id, store, terminal, command, actor, created_at, deadline)
       values ($1, $2, $3, $4::jsonb, $5, $6, $7) returning *`,
      [
        ...[fields.id, store, terminal, jsonText(fields.command), fields.actor],
        ...[now.toISOString(), fields.deadline.toISOString()],
      ],
    );
    return recordOf(rows[0] as Row, now);
  }

  async find(id: string, now: Date): Promise<CommandRecord | undefined> {
    const { rows } = await this.#db.query<Row>("select * from fleet_command where id = $1", [id]);
    return rows[0] && recordOf(rows[0], now);
  }

  async list(
    { store, terminal }: TerminalId,
    { after, limit }: NewestFirst,
    now: Date,
  ): Promise<CommandRecord[]> {
    const { rows } = await this.#db.query<Row>(
      `select * from fleet_command where store = $3 and terminal = $4
         and ${newestFirst("fleet_command", "created_at")}`,
      [after ?? null, limit, store, terminal],
    );
    return rows.map((row) => recordOf(row, now));
  }

  /** Not answered and not too late, in the order in which they were given. */
  async waiting({ store, terminal }: TerminalId, now: Date): Promise<CommandRecord[]> {
    const { rows } = await this.#db.query<Row>(
      `select * from fleet_command where store = $1 and terminal = $2 and state is null and deadline > $3
       order by created_at, id`,
      [store, terminal, now.toISOString()],
    );
    return rows.map((row) => recordOf(row, now));
  }

  /** Of all terminals: given before `since`, not answered and not too late. */
  async unanswered(since: Date, now: Date): Promise<CommandRecord[]> {
    const { rows } = await this.#db.query<Row>(
      `select * from fleet_command where state is null and deadline > $1 and created_at < $2
       order by created_at, id limit 1000`,
      [now.toISOString(), since.toISOString()],
    );
    return rows.map((row) => recordOf(row, now));
  }

  /** The first answer counts; one from another terminal than the command went to does not. */
  async answered(
    { store, terminal }: TerminalId,
    { id, state, detail }: Extract<OrderAnswer, { kind: "command" }>,
    now: Date,
  ): Promise<boolean> {
    const { affected } = await this.#db.query(
      `update fleet_command set state = $4, detail = $5, answered_at = $6
       where id = $1 and store = $2 and terminal = $3 and state is null`,
      [id, store, terminal, state, detail, now.toISOString()],
    );
    return affected === 1;
  }
}

const recordOf = (row: Row, now: Date): CommandRecord => ({
  ...{ id: row.id, store: row.store, terminal: row.terminal, command: FleetCommand.parse(row.command) },
  ...{ actor: row.actor, createdAt: row.created_at, deadline: row.deadline, answeredAt: row.answered_at },
  ...{ state: commandStateAt(row.state, row.deadline, now), detail: row.detail },
});
