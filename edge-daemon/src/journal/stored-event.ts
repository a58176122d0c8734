import { InvariantError } from "@tillsight/contracts";
import { BASKET_EVENT_VERSION, BasketEvent } from "../domain/basket/index.js";
import { rowChecksum } from "./database.js";
import { JournalError } from "./errors.js";

export interface StoredEvent {
  readonly lsn: number;
  readonly version: number;
  readonly type: string;
  readonly body: string;
  readonly crc: number;
}

/** Steps that take an event's JSON from version n to n + 1, by n; empty while there is one version only. */
const upgrades: Readonly<Record<number, (event: unknown) => unknown>> = {};

const checksumOf = (lsn: number, version: number, body: string) => rowChecksum(`${lsn}|${version}`, body);

/** @throws InvariantError when the event does not fit its schema: a defect that must not reach the disk */
export function storeEvent(lsn: number, event: BasketEvent): StoredEvent {
  const parsed = BasketEvent.safeParse(event);
  if (!parsed.success)
    throw new InvariantError(`${event.body.type} does not fit its schema`, { cause: parsed.error });
  const body = JSON.stringify(parsed.data);
  const version = BASKET_EVENT_VERSION;
  return { lsn, version, type: event.body.type, body, crc: checksumOf(lsn, version, body) };
}

/** @throws JournalError when the row is damaged or of a newer version */
export function readEvent(row: StoredEvent): BasketEvent {
  const name = `event ${row.lsn}`;
  if (checksumOf(row.lsn, row.version, row.body) !== row.crc)
    throw new JournalError("JOURNAL_DAMAGED", `${name} does not match its checksum`);
  if (row.version > BASKET_EVENT_VERSION)
    throw new JournalError("JOURNAL_NEWER", `${name} has version ${row.version}`);
  let value: unknown = JSON.parse(row.body);
  for (let version = row.version; version < BASKET_EVENT_VERSION; version++)
    value = upgrades[version]?.(value) ?? value;
  const parsed = BasketEvent.safeParse(value);
  if (!parsed.success)
    throw new JournalError("JOURNAL_DAMAGED", `${name} does not fit its schema`, { cause: parsed.error });
  return parsed.data;
}
