import { join } from "node:path";
import {
  type Broker,
  type CatalogFeed,
  loadSigningKey,
  openDatabase,
  Publisher,
  signingKeyFile,
  startBroker,
} from "@tillsight/cloud-sync";
import { publicKeyText } from "@tillsight/sync-protocol";

export const store = "proof";

export interface Headquarters {
  readonly publisher: Publisher;
  readonly brokerUrl: string;
  readonly publicKey: string;
  /** State hash in hexadecimal and LSN of what was cut last. */
  state(): Promise<{ readonly lsn: number; readonly stateHash: string; readonly rows: number }>;
  close(): Promise<void>;
}

/** Publishing as headquarters does it, on a feed of the proof's own. */
export async function openHeadquarters(
  dir: string,
  feed: CatalogFeed,
  brokerUrl?: string,
): Promise<Headquarters> {
  const dataDir = join(dir, "cloud");
  const db = await openDatabase({ dataDir });
  const key = await loadSigningKey(signingKeyFile(dataDir));
  const broker: Broker | undefined = brokerUrl === undefined ? await startBroker() : undefined;
  const url = brokerUrl ?? broker?.url ?? "";
  const publisher = new Publisher({ db, feed, stores: async () => [store], key, brokerUrl: url });
  // What is there already is no news: it is the beginning of the history.
  await publisher.history(store).cut();
  publisher.start();
  return {
    ...{ publisher, brokerUrl: url, publicKey: publicKeyText(key.publicKey) },
    async state() {
      const state = await publisher.ledger.state(store);
      const stateHash = Buffer.from(state?.stateHash ?? []).toString("hex");
      return { lsn: state?.lsn ?? 0, stateHash, rows: state?.rows ?? 0 };
    },
    async close() {
      await publisher.stop();
      await broker?.close();
      await db.close();
    },
  };
}
