import { randomUUID } from "node:crypto";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RelayError } from "../fleet/errors.js";
import { silentLogger } from "../log.js";
import type { Database } from "../storage/database.js";
import { openDatabase } from "../storage/open.js";
import { temporaryFolder } from "../test-helpers.js";
import { NatsRelay } from "./nats-relay.js";
import { Relay, type RelayMessage, type RelayTarget } from "./relay.js";
import { NatsServer, natsBinary, withNats } from "./testing/nats-server.js";

const message = (n: number): RelayMessage => ({
  ...{ id: randomUUID(), store: "north", terminal: "lane-1", stream: "sale", body: JSON.stringify({ n }) },
});

/** A stream in memory that takes nothing while it is away. */
class ScriptedTarget implements RelayTarget {
  readonly kept = new Map<string, RelayMessage>();
  away = false;

  async publish(messages: readonly RelayMessage[]): Promise<void> {
    if (this.away) throw new RelayError("away", "Wait.");
    for (const one of messages) if (!this.kept.has(one.id)) this.kept.set(one.id, one);
  }

  async close(): Promise<void> {}
}

interface Bench {
  readonly target: RelayTarget;
  bodies(): Promise<string[]>;
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

async function scripted(): Promise<Bench> {
  const target = new ScriptedTarget();
  return {
    target,
    bodies: async () => [...target.kept.values()].map(({ body }) => body),
    away: async () => {
      target.away = true;
    },
    back: async () => {
      target.away = false;
    },
    close: () => target.close(),
  };
}

async function nats(): Promise<Bench> {
  const folder = temporaryFolder();
  const server = await NatsServer.open(folder.dir);
  const target = new NatsRelay(server.url);
  return {
    target,
    async bodies() {
      const connection = await connect({ servers: new URL(server.url).host });
      const manager = await connection.jetstreamManager();
      const { state } = await manager.streams.info("TILLSIGHT");
      const found: string[] = [];
      for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++)
        found.push(new TextDecoder().decode((await manager.streams.getMessage("TILLSIGHT", { seq })).data));
      await connection.close();
      return found;
    },
    away: () => server.stop(),
    back: () => server.start(),
    async close() {
      await target.close();
      await server.stop();
      folder.clean();
    },
  };
}

function contract(open: () => Promise<Bench>): void {
  let bench: Bench;
  beforeAll(async () => {
    bench = await open();
  });
  afterAll(() => bench.close());

  test("keeps messages in their order, and one that comes again once", async () => {
    const messages = Array.from({ length: 250 }, (_, n) => message(n));
    await bench.target.publish(messages);
    await bench.target.publish(messages.slice(200));
    expect(await bench.bodies()).toEqual(messages.map(({ body }) => body));
  });

  test("says so while it is away, and goes on when it is back", async () => {
    await bench.away();
    await expect(bench.target.publish([message(1000)])).rejects.toMatchObject({ code: "RELAY" });
    await bench.back();
    const late = message(1001);
    await expect
      .poll(
        () =>
          bench.target.publish([late]).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect((await bench.bodies()).at(-1)).toBe(late.body);
  });
}

describe("a scripted stream", () => contract(scripted));
describe.skipIf(!natsBinary())(withNats("a real NATS server with JetStream"), () => contract(nats));

describe("the relay", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let db: Database;
  beforeAll(async () => {
    folder = temporaryFolder();
    db = await openDatabase({ dataDir: folder.dir });
  }, 60_000);
  afterAll(async () => {
    await db.close();
    folder.clean();
  });

  const put = (n: number) =>
    db.query(
      "insert into relay_outbox (id, store, terminal, stream, body) values ($1, 'north', 'lane-1', 'sale', $2::jsonb)",
      [randomUUID(), JSON.stringify({ n })],
    );

  test("passes everything on in order, and keeps what the other side did not confirm", async () => {
    const target = new ScriptedTarget();
    const relay = new Relay({ db, target, log: silentLogger });
    for (let n = 0; n < 450; n++) await put(n);
    target.away = true;
    await relay.flush();
    expect(relay.complaint).toContain("away");
    target.away = false;
    await relay.flush();
    expect([...target.kept.values()].map(({ body }) => JSON.parse(body).n)).toEqual(
      Array.from({ length: 450 }, (_, n) => n),
    );
    expect(relay.complaint).toBe("");
    expect((await db.query("select 1 from relay_outbox")).rows).toEqual([]);
    await relay.stop();
  });
});
