import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DecisionTrace } from "../domain/recognition/index.js";

/** Two files of this size hold some weeks of a busy lane's decisions. */
const rotateBytes = 64 * 2 ** 20;

/**
 * Decision traces as JSON lines, for `tillsight replay`. Not journalled: a trace lost in a power cut costs
 * nothing. One older file is kept.
 */
export class TraceLog {
  readonly #path: string;
  readonly #onTrouble: (error: unknown) => void;
  #broken = false;

  constructor(path: string, onTrouble: (error: unknown) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
  }

  append(trace: DecisionTrace): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      if ((statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) > rotateBytes)
        renameSync(this.#path, `${this.#path}.1`);
      appendFileSync(this.#path, `${JSON.stringify(trace)}\n`);
      this.#broken = false;
    } catch (error) {
      // Said once: a full disk would otherwise fill the log as well.
      if (!this.#broken) this.#onTrouble(error);
      this.#broken = true;
    }
  }
}
