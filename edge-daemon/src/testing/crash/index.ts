export { crashJournal, type JournalCrashOptions, type JournalCrashReport } from "./journal-crash.js";
