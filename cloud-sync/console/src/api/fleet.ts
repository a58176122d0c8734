import type { Client } from "./client.js";
import { Heads, type Terminal, Terminals } from "./schemas.js";

/** Every terminal, page by page. */
export async function readTerminals(client: Client, signal?: AbortSignal): Promise<Terminal[]> {
  const all: Terminal[] = [];
  const limit = 1000;
  for (let after = ""; ; ) {
    const page = await client.get(`/api/fleet/terminals?limit=${limit}${after}`, Terminals, signal);
    all.push(...page.terminals);
    if (page.terminals.length < limit || page.next === null) return all;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

export const readHeads = (client: Client, signal?: AbortSignal): Promise<Heads> =>
  client.get("/api/heads", Heads, signal);

export interface FleetNow {
  readonly terminals: readonly Terminal[];
  readonly heads: Heads;
}

export async function readFleet(client: Client, signal?: AbortSignal): Promise<FleetNow> {
  const [terminals, heads] = await Promise.all([readTerminals(client, signal), readHeads(client, signal)]);
  return { terminals, heads };
}

export const terminalPath = (store: string, terminal: string): string =>
  `/api/fleet/terminals/${encodeURIComponent(store)}/${encodeURIComponent(terminal)}`;
