import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudSync, type CloudSyncOptions, startCloudSync } from "@tillsight/cloud-sync";
import type { Birth, ReportedConfig } from "@tillsight/contracts";
import { Journal, Uplink, type UplinkOptions } from "@tillsight/edge-daemon";
import { soldEvents } from "@tillsight/edge-daemon/testing";
import type { Undo } from "../lane/undo.js";

export const store = "store-1";
export const embedderId = "test-embedder";

/** A lane's way up with its journal, and nothing else of the lane; what it was told to do is noted. */
export interface LaneEnd {
  readonly uplink: Uplink;
  readonly journal: Journal;
  readonly done: { restarts: number; pictures: number; settings: unknown[]; kept: ReportedConfig };
  /** Writes finished sales into the journal, as the basket's keeper would. */
  sell(from: number, to: number): void;
  stop(): Promise<void>;
}

export interface LaneEndOptions {
  readonly dir: string;
  readonly store?: string;
  readonly terminal?: string;
  readonly broker?: NonNullable<UplinkOptions["broker"]>;
  readonly limitBytes?: number;
  readonly beatSeconds?: number;
  readonly lsn?: () => number;
  readonly health?: () => "ok" | "degraded" | "failed";
  readonly troubles?: Record<string, string>;
  readonly models?: Birth["models"];
  readonly onSettings?: (settings: unknown) => void;
  /** Settings that an earlier life has kept. */
  readonly kept?: ReportedConfig;
}

const noSettings: ReportedConfig = { version: 0, state: "applied", detail: "" };

export function openLaneEnd(options: LaneEndOptions): LaneEnd {
  const journal = new Journal(join(options.dir, "journal.db"));
  journal.open();
  const done: LaneEnd["done"] = { restarts: 0, pictures: 0, settings: [], kept: options.kept ?? noSettings };
  const uplink = new Uplink({
    ...{ file: join(options.dir, "uplink", "outbox.db"), limitBytes: options.limitBytes ?? 64 * 2 ** 20 },
    ...{ journal, store: options.store ?? store, terminal: options.terminal ?? "lane-1" },
    beatSeconds: options.beatSeconds ?? 1,
    ...(options.broker ? { broker: options.broker } : {}),
    newId: randomUUID,
    hooks: {
      mayRestart: () => {},
      restart: () => {
        done.restarts++;
      },
      picture: async () => {
        done.pictures++;
        return { jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xd9]) };
      },
      takeSettings: (version, settings) => {
        done.settings.push(settings);
        options.onSettings?.(settings);
        done.kept = { version, state: options.onSettings ? "applied" : "afterRestart", detail: "" };
        return done.kept;
      },
    },
    birth: () => ({ version: "0.1.0", startedAt: 1, models: options.models ?? {}, config: done.kept }),
    beat: () => ({
      ...{ lsn: options.lsn?.() ?? 7, health: options.health?.() ?? "ok" },
      troubles: options.troubles ?? {},
      ...{ basket: "idle", helpWanted: false },
    }),
  });
  uplink.start();
  return {
    ...{ uplink, journal, done },
    sell(from, to) {
      for (let n = from; n <= to; n++) journal.append({ events: soldEvents(n) });
      uplink.saleEnded();
    },
    async stop() {
      await uplink.stop();
      journal.close();
    },
  };
}

/** A folder, and headquarters in it; `undo` takes both away. */
export async function openHeadquarters(
  undo: Undo,
  options: Partial<CloudSyncOptions> = {},
): Promise<{ dir: string; cloud: CloudSync }> {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-fleet-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  const cloud = await startCloudSync({ dataDir: join(dir, "cloud"), store, embedderId, ...options });
  undo.add(() => cloud.stop());
  return { dir, cloud };
}

/** One call of the API, with the token. */
export async function call(cloud: CloudSync, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(cloud.url + path, {
    method,
    headers: {
      authorization: `Bearer ${cloud.token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "")
    ? JSON.parse(text || "null")
    : null;
  return { status: response.status, text, json };
}
