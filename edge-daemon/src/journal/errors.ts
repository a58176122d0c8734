import { TillsightError } from "@tillsight/contracts";

export type JournalErrorCode =
  | "JOURNAL_LOCKED"
  | "JOURNAL_READ_ONLY"
  | "JOURNAL_FULL"
  | "JOURNAL_DAMAGED"
  | "JOURNAL_NEWER"
  | "JOURNAL_FOREIGN"
  | "JOURNAL_UNAVAILABLE"
  | "JOURNAL_CLOSED";

const explain: Record<JournalErrorCode, readonly [message: string, fix: string]> = {
  JOURNAL_LOCKED: [
    "another process has the lane's journal open",
    "Stop the other daemon first, or give this one a data folder of its own.",
  ],
  JOURNAL_READ_ONLY: [
    "the lane's journal cannot be written",
    "Let the daemon's user write the data folder, and mount its disk read-write.",
  ],
  JOURNAL_FULL: [
    "there is no room for the lane's journal, so nothing can be sold",
    "Free some space on the disk of the data folder; selling goes on by itself then.",
  ],
  JOURNAL_DAMAGED: [
    "the lane's journal is damaged",
    "Move the file aside, start again, compare the till's last receipt by hand, and have the disk checked.",
  ],
  JOURNAL_NEWER: [
    "the lane's journal was written by a newer Tillsight",
    "Install that version again, or move the file aside.",
  ],
  JOURNAL_FOREIGN: [
    "the file at the journal's place is another program's database",
    "Choose another data folder.",
  ],
  JOURNAL_UNAVAILABLE: [
    "the lane's journal cannot be opened or written",
    "See whether the data folder exists, may be written, and its disk is healthy.",
  ],
  JOURNAL_CLOSED: ["the lane's journal is closed", "The daemon is stopping: start it again."],
};

/** Trouble with the journal. Whatever was being appended is not stored, not even in part. */
export class JournalError extends TillsightError {
  readonly code: JournalErrorCode;

  /** @param detail names the file, and what exactly was found */
  constructor(code: JournalErrorCode, detail: string, options?: ErrorOptions) {
    const [message, fix] = explain[code];
    super(`${message} (${detail})`, fix, options);
    this.code = code;
  }
}

/** Codes of SQLite (sqlite.org/rescode.html) and of the file system, by what a person must do about them. */
const causes: readonly [RegExp, JournalErrorCode][] = [
  [/^SQLITE_FULL|^ENOSPC|^EDQUOT/, "JOURNAL_FULL"],
  [/^SQLITE_(BUSY|LOCKED)/, "JOURNAL_LOCKED"],
  [/^SQLITE_(READONLY|PERM|AUTH)|^EROFS|^EACCES|^EPERM/, "JOURNAL_READ_ONLY"],
  [/^SQLITE_(CORRUPT|NOTADB)/, "JOURNAL_DAMAGED"],
];

/** Gives trouble of SQLite or the file system its name; anything else is passed on as it is. */
export function journalError(cause: unknown, path: string): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  if (!(cause instanceof Error) || code === undefined || cause instanceof TillsightError) return cause;
  if (!/^(SQLITE_|E[A-Z]+$)/.test(code)) return cause;
  const name = causes.find(([pattern]) => pattern.test(code))?.[1] ?? "JOURNAL_UNAVAILABLE";
  return new JournalError(name, `${path}: ${code}`, { cause });
}
