import { Beat, Birth, NodeName, type OrderAnswer, ReportedConfig } from "@tillsight/contracts";
import { NotFoundError } from "../errors.js";
import type { Database } from "../storage/database.js";
import { jsonText } from "../storage/json-text.js";
import { judgeBeat, type PresenceState, presenceAt } from "./presence.js";

export interface TerminalId {
  readonly store: NodeName;
  readonly terminal: NodeName;
}

interface TerminalRow {
  store: string;
  name: string;
  label: string;
  grp: string;
  has_credential: boolean;
  registered_at: Date | null;
  revoked_at: Date | null;
  born_at: Date | null;
  died_at: Date | null;
  last_seen: Date | null;
  session: number;
  sequence: number;
  beat_seconds: number;
  birth: unknown;
  beat: unknown;
  settings_version: number;
  settings: Record<string, unknown>;
  reported: unknown;
  picture: string | null;
  picture_at: Date | null;
}

/** A terminal as headquarters knows it. What it said of itself is as old as `lastSeen`. */
export interface Terminal {
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly label: string;
  readonly group: string;
  readonly presence: PresenceState;
  readonly lastSeen: Date | null;
  /** `none`: never registered; the broker lets it in only when it asks nobody. */
  readonly credential: "none" | "active" | "revoked";
  readonly registeredAt: Date | null;
  readonly session: number;
  readonly sequence: number;
  readonly birth: Birth | null;
  readonly beat: Beat | null;
  readonly settings: {
    readonly version: number;
    readonly desired: Record<string, unknown>;
    readonly reported: ReportedConfig | null;
  };
  readonly pictureAt: Date | null;
}

const columns = `store, name, label, grp, password_hash is not null as has_credential, registered_at, revoked_at,
  born_at, died_at, last_seen, session, sequence, beat_seconds, birth, beat, settings_version, settings, reported,
  picture, picture_at`;

/** Terminals in SQL. Instants come from the caller's clock. */
export class Terminals {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Ordered by store and name, after `after` (`STORE/NAME`, "" for the first). */
  async list(
    {
      store,
      group,
      after,
      limit,
    }: { store?: NodeName | undefined; group?: string | undefined; after: string; limit: number },
    now: Date,
  ): Promise<Terminal[]> {
    const [afterStore = "", afterName = ""] = after.split("/");
    const { rows } = await this.#db.query<TerminalRow>(
      `select ${columns} from terminal
       where ($1::text is null or store = $1) and ($2::text is null or grp = $2) and (store, name) > ($3, $4)
       order by store, name limit $5`,
      [store ?? null, group ?? null, afterStore, afterName, limit],
    );
    return rows.map((row) => terminalOf(row, now));
  }

  async find({ store, terminal }: TerminalId, now: Date): Promise<Terminal | undefined> {
    const { rows } = await this.#db.query<TerminalRow>(
      `select ${columns} from terminal where store = $1 and name = $2`,
      [store, terminal],
    );
    return rows[0] && terminalOf(rows[0], now);
  }

  /** @throws NotFoundError */
  async require(id: TerminalId, now: Date): Promise<Terminal> {
    const found = await this.find(id, now);
    if (found) return found;
    throw new NotFoundError(
      `there is no terminal ${id.store}/${id.terminal}`,
      "GET /api/fleet/terminals lists those there are; register a new one with POST /api/fleet/registrations.",
    );
  }

  /** @throws NotFoundError */
  async describe(
    id: TerminalId,
    fields: { label?: string | undefined; group?: string | undefined },
  ): Promise<void> {
    const { affected } = await this.#db.query(
      `update terminal set label = coalesce($3, label), grp = coalesce($4, grp) where store = $1 and name = $2`,
      [id.store, id.terminal, fields.label ?? null, fields.group ?? null],
    );
    if (affected === 0) await this.require(id, new Date());
  }

  /** A birth is always believed: the broker keeps one connection of a lane, so it is of the newest session. */
  async born({ store, terminal }: TerminalId, birth: Birth, now: Date): Promise<void> {
    await this.#db.query(
      `insert into terminal (store, name, created_at, session, born_at, last_seen, beat_seconds, birth, reported)
       values ($1, $2, $3, $4, $3, $3, $5, $6::jsonb, $7::jsonb)
       on conflict (store, name) do update set session = excluded.session,
         sequence = 0, born_at = excluded.born_at, died_at = null, last_seen = excluded.last_seen,
         beat_seconds = excluded.beat_seconds, birth = excluded.birth, reported = excluded.reported`,
      [
        ...[store, terminal, now.toISOString(), birth.session, birth.beatSeconds],
        ...[jsonText(birth), jsonText(birth.config)],
      ],
    );
  }

  /** @returns false when something was missed and a rebirth must be asked for */
  async beat({ store, terminal }: TerminalId, beat: Beat, now: Date): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      const { rows } = await tx.query<{ session: number; sequence: number; dead: boolean }>(
        `select session, sequence, died_at is not null or born_at is null as dead from terminal
         where store = $1 and name = $2 for update`,
        [store, terminal],
      );
      const known = rows[0];
      const verdict = known ? judgeBeat(known, beat) : "rebirth";
      if (verdict === "accept")
        await tx.query(
          "update terminal set sequence = $3, last_seen = $4, beat = $5::jsonb where store = $1 and name = $2",
          [store, terminal, beat.sequence, now.toISOString(), jsonText(beat)],
        );
      return verdict !== "rebirth";
    });
  }

  /** Of the session that is told and no other: a will may come late. */
  async died({ store, terminal }: TerminalId, session: number, now: Date): Promise<void> {
    await this.#db.query(
      "update terminal set died_at = $4 where store = $1 and name = $2 and session = $3 and died_at is null",
      [store, terminal, session, now.toISOString()],
    );
  }

  async reported(id: TerminalId, { reported }: Extract<OrderAnswer, { kind: "settings" }>): Promise<void> {
    await this.#db.query(
      "update terminal set reported = $3::jsonb where store = $1 and name = $2 and settings_version >= $4",
      [id.store, id.terminal, jsonText(reported), reported.version],
    );
  }

  /**
   * A new desired document, one version up.
   * @param ifVersion the version it was made from; undefined: whatever it is
   * @returns the new version; undefined when it is not at `ifVersion` any more
   */
  async desire(id: TerminalId, settings: object, ifVersion?: number): Promise<number | undefined> {
    const { rows } = await this.#db.query<{ version: number }>(
      `update terminal set settings = $3::jsonb, settings_version = settings_version + 1
       where store = $1 and name = $2 and ($4::int is null or settings_version = $4)
       returning settings_version as version`,
      [id.store, id.terminal, jsonText(settings), ifVersion ?? null],
    );
    return rows[0]?.version;
  }

  /** Live terminals that have not reported on the settings that they are to have. */
  async behind(
    now: Date,
  ): Promise<(TerminalId & { readonly version: number; readonly settings: Record<string, unknown> })[]> {
    const { rows } = await this.#db.query<TerminalRow>(
      `select ${columns} from terminal where settings_version > coalesce((reported->>'version')::int, 0)
         and died_at is null and last_seen > $1::timestamptz - make_interval(secs => 5 * beat_seconds)`,
      [now.toISOString()],
    );
    return rows.map((row) => {
      const { store, terminal, settings } = terminalOf(row, now);
      return { store, terminal, version: settings.version, settings: settings.desired };
    });
  }

  async keepPicture(id: TerminalId, picture: string, now: Date): Promise<void> {
    await this.#db.query("update terminal set picture = $3, picture_at = $4 where store = $1 and name = $2", [
      ...[id.store, id.terminal, picture, now.toISOString()],
    ]);
  }

  async picture(id: TerminalId): Promise<{ readonly object: string; readonly at: Date } | undefined> {
    const { rows } = await this.#db.query<Pick<TerminalRow, "picture" | "picture_at">>(
      "select picture, picture_at from terminal where store = $1 and name = $2",
      [id.store, id.terminal],
    );
    const row = rows[0];
    return row?.picture && row.picture_at ? { object: row.picture, at: row.picture_at } : undefined;
  }
}

function terminalOf(row: TerminalRow, now: Date): Terminal {
  const seen = {
    ...{ bornAt: row.born_at, diedAt: row.died_at, lastSeen: row.last_seen, beatSeconds: row.beat_seconds },
  };
  const reported = ReportedConfig.safeParse(row.reported);
  return {
    ...{
      store: NodeName.parse(row.store),
      terminal: NodeName.parse(row.name),
      label: row.label,
      group: row.grp,
    },
    ...{ presence: presenceAt(seen, now), lastSeen: row.last_seen, registeredAt: row.registered_at },
    credential: row.has_credential ? "active" : row.revoked_at ? "revoked" : "none",
    ...{ session: row.session, sequence: row.sequence },
    // Of an older version of the lane or of headquarters: shown as unknown rather than wrong.
    ...{ birth: Birth.safeParse(row.birth).data ?? null, beat: Beat.safeParse(row.beat).data ?? null },
    settings: {
      ...{ version: row.settings_version, desired: row.settings },
      reported: reported.success ? reported.data : null,
    },
    pictureAt: row.picture_at,
  };
}
