export { crashJournal, type JournalCrashOptions, type JournalCrashReport } from "./journal-crash.js";
export { crashLane, type LaneCrashOptions, type LaneCrashReport } from "./lane-crash.js";
