import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeError, RemoteSettings, type ReportedConfig } from "@tillsight/contracts";
import { z } from "zod";
import { parseConfig } from "../config/load.js";
import type { DaemonConfig } from "../config/schema.js";
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
function merge(config: DaemonConfig, { recognition, ...top }: RemoteSettings): DaemonConfig {
  const merged = { ...config, ...top, recognition: { ...config.recognition, ...recognition } };
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

/** Settings that headquarters desires: checked and kept for the next start, which is when they take effect. */
export class RemoteSettingsFile {
  readonly #config: DaemonConfig;
  readonly #startedWith: number;

  constructor(config: DaemonConfig) {
    this.#config = config;
    this.#startedWith = this.#version();
  }

  /** @throws ZodError, InvalidInputError when they do not fit; the earlier ones stay then */
  take(version: number, settings: unknown): ReportedConfig {
    const kept = { version, settings: RemoteSettings.parse(settings) };
    merge(this.#config, kept.settings);
    const file = fileIn(this.#config.dataDir);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(kept)}\n`);
    renameSync(`${file}.new`, file);
    return this.report();
  }

  report(): ReportedConfig {
    const version = this.#version();
    if (version === this.#startedWith) return { version, state: "applied", detail: "" };
    return { version, state: "afterRestart", detail: "they hold from the next start on" };
  }

  #version(): number {
    try {
      return read(this.#config.dataDir)?.version ?? 0;
    } catch {
      return 0;
    }
  }
}
