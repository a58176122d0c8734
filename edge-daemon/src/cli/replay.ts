import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { InvalidInputError } from "@tillsight/contracts";
import { DecisionTrace, decisionKey, inWords, replayTrace } from "../domain/recognition/index.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";

/** Reads traces one by one; a line that is no trace is named and ends the reading. */
async function* readTraces(path: string): AsyncGenerator<DecisionTrace> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== "") yield DecisionTrace.parse(JSON.parse(line));
    }
  } catch (cause) {
    const what = number === 0 ? `${path} cannot be read` : `${path}, line ${number}, is not a decision trace`;
    throw new InvalidInputError(what, "Give a file that the lane wrote: DATA/traces/decisions.jsonl.", {
      cause,
    });
  }
}

/**
 * Decides recorded traces again; fails when an answer differs from what was recorded.
 * @param explained say of each item why it is what it is.
 */
export async function replayCommand(
  context: CommandContext,
  path: string,
  explained = false,
): Promise<ExitCode> {
  let items = 0;
  let different = 0;
  for await (const trace of readTraces(path)) {
    for (const item of replayTrace(trace)) {
      items++;
      if (explained && item.now && item.why)
        context.print(`${trace.at} item ${item.id}: ${decisionKey(item.now)}: ${inWords(item.why)}`);
      if (item.same) continue;
      different++;
      const now = item.now === null ? "nothing yet" : decisionKey(item.now);
      context.print(`${trace.at} item ${item.id}: recorded ${decisionKey(item.recorded)}, now ${now}`);
    }
    context.signal.throwIfAborted();
  }
  context.print(`${items} decisions replayed, ${different} different.`);
  return different === 0 ? exitCodes.ok : exitCodes.failed;
}
