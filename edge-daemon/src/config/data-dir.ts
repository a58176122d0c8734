import { mkdirSync } from "node:fs";
import { describeError, InvalidInputError } from "@tillsight/contracts";

/** @throws InvalidInputError when the folder is not there and cannot be made */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    throw new InvalidInputError(
      `the data folder ${dataDir} cannot be made: ${describeError(cause)}`,
      "Set dataDir to a folder that the daemon's user may write.",
      { cause },
    );
  }
}
