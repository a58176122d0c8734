import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeError, InvalidInputError, RemoteSettings, type ReportedConfig } from "@tillsight/contracts";
import { z } from "zod";
import { parseConfig } from "../config/load.js";
import type { DaemonConfig } from "../config/schema.js";
import type { ModelKeeper } from "../networks/model-keeper.js";
import type { Logger } from "../observe/logger.js";

const Kept = z.strictObject({ version: z.int().min(1), settings: RemoteSettings });
type Kept = z.infer<typeof Kept>;

const fileIn = (dataDir: string): string => join(dataDir, "uplink", "settings.json");

function read(dataDir: string): Kept | null {
  try {
    return Kept.parse(JSON.parse(readFileSync(fileIn(dataDir), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The configuration with what headquarters set on top. @throws InvalidInputError */
function merge(config: DaemonConfig, { recognition, storeName }: RemoteSettings): DaemonConfig {
  const merged = {
    ...{ ...config, recognition: { ...config.recognition, ...recognition } },
    ...(storeName === undefined ? {} : { storeName }),
  };
  return parseConfig(merged, "what headquarters set");
}

/** What a lane starts with. Settings of headquarters that cannot be read or do not fit never keep it from selling. */
export function withRemoteSettings(config: DaemonConfig, log: Logger): DaemonConfig {
  try {
    const kept = read(config.dataDir);
    return kept ? merge(config, kept.settings) : config;
  } catch (error) {
    log.error("the settings of headquarters are left out", { error: describeError(error) });
    return config;
  }
}

/** What takes effect at a start only; the rest holds at once. */
const forStart = ({ storeName, recognition }: RemoteSettings): string =>
  JSON.stringify({ storeName, recognition });

/** Who brings the lane the networks that headquarters wishes for. */
export type WishKeeper = Pick<ModelKeeper, "wished" | "report">;

/** Settings that headquarters desires, checked and kept. */
export class RemoteSettingsFile {
  readonly #config: DaemonConfig;
  readonly #embedderId: string;
  readonly #atStart: string;
  #kept: Kept | null;
  /** Undefined: no networks can be brought. */
  models: WishKeeper | undefined;

  constructor(config: DaemonConfig, embedderId: string) {
    this.#config = config;
    this.#embedderId = embedderId;
    try {
      this.#kept = read(config.dataDir);
    } catch {
      this.#kept = null; // Said in the log when the lane started without them.
    }
    this.#atStart = forStart(this.#kept?.settings ?? {});
  }

  /** The LSN that the catalog is not to pass; null when there is none. */
  get catalogLsn(): number | null {
    return this.#kept?.settings.catalogLsn ?? null;
  }

  /** Networks that the lane is to be brought. */
  get modelWish(): RemoteSettings["models"] {
    return this.#kept?.settings.models;
  }

  /** @throws ZodError, InvalidInputError when they do not fit; the earlier ones stay then */
  take(version: number, settings: unknown): ReportedConfig {
    const kept = { version, settings: RemoteSettings.parse(settings) };
    merge(this.#config, kept.settings);
    const { model } = kept.settings;
    if (model !== undefined && model !== this.#embedderId)
      throw new InvalidInputError(
        `this lane runs ${this.#embedderId}, not ${model}`,
        "Put the model's files into models.folder and restart the lane.",
      );
    if (kept.settings.models && !this.models)
      throw new InvalidInputError(
        "this lane cannot be brought networks",
        "Put the model's files into models.folder and restart the lane.",
      );
    const before = this.modelWish;
    const file = fileIn(this.#config.dataDir);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(kept)}\n`);
    renameSync(`${file}.new`, file);
    this.#kept = kept;
    this.models?.wished(before, kept.settings.models);
    return this.report();
  }

  report(): ReportedConfig {
    const version = this.#kept?.version ?? 0;
    const models = this.models?.report();
    if (models) return { version, ...models };
    if (forStart(this.#kept?.settings ?? {}) === this.#atStart)
      return { version, state: "applied", detail: "" };
    return { version, state: "afterRestart", detail: "they hold from the next start on" };
  }
}
