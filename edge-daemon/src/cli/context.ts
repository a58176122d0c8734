import type { DaemonConfig } from "../config/schema.js";
import type { Logger } from "../observe/logger.js";

/** What a command gets from the process: nothing below `main.ts` touches signals, argv or exit codes. */
export interface CommandContext {
  /** Reads the configuration that `--config` names; throws InvalidInputError. */
  readonly loadConfig: () => DaemonConfig;
  /** Results for the person or program that asked. */
  readonly print: (text: string) => void;
  /** Standard input to its end. */
  readonly readInput: () => Promise<string>;
  readonly log: (config: DaemonConfig) => Logger;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** Exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
