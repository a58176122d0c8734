/**
 * Appends to a journal as fast as it can and says `ack n` after each: to be killed at any moment.
 * Arguments: path of the journal, number of the first entry, [`until-full`: stop at the first refusal].
 */
import { writeSync } from "node:fs";
import { JournalError } from "../../journal/errors.js";
import { Journal } from "../../journal/journal.js";
import { entryOf } from "./journal-entries.js";

const [path = "", first = "0", untilFull] = process.argv.slice(2);
// Straight to the pipe: what was said must not wait in this process when it is killed.
const say = (text: string) => writeSync(1, `${text}\n`);
// A write beyond RLIMIT_FSIZE then fails with EFBIG instead of ending the process.
if (untilFull) process.on("SIGXFSZ", () => {});

const journal = new Journal(path);
journal.open();
say("ready");
try {
  for (let n = Number(first); ; n++) {
    journal.append(entryOf(n));
    say(`ack ${n}`);
  }
} catch (error) {
  if (!untilFull) throw error;
  say(`stopped ${error instanceof JournalError ? error.code : String(error)}`);
}
