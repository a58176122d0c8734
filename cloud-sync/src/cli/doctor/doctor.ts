import { statfsSync } from "node:fs";
import { examine, type Finding, formatFindings } from "@tillsight/contracts";
import { type CliOptions, parseOptions } from "../../cli.js";
import { checks } from "./checks.js";
import { askRunning, type DoctorContext, openForLooking } from "./context.js";

export const doctorHelp = `tillsight cloud-sync doctor: looks whether headquarters can do its work, and says what to do

Usage: node cloud-sync/dist/main.js doctor [--json] [the options that headquarters is started with]

Looks at the data folder and its disk, the database and its schema, the clock against the database's, the object store
(writes, reads and removes one object), the broker and the rights there, the signing key, and the headquarters that
runs on the data folder. Changes nothing, and may run beside headquarters: as the same user.

  --json      the findings as JSON
Exit code: 0 when nothing failed (warnings are no failure), 1 otherwise.
`;

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

type Injected = Pick<DoctorContext, "now" | "freeBytes">;

/** Every check with the options of headquarters. */
export async function diagnose(
  options: CliOptions,
  databaseUrl: string | undefined,
  injected: Partial<Injected> = {},
): Promise<Finding[]> {
  const running = await askRunning(options.data);
  const { close, ...opened } = await openForLooking(options.data, databaseUrl);
  try {
    const context = { now: () => new Date(), freeBytes, ...injected, ...opened, running };
    return await examine({ ...context, options, databaseUrl }, checks);
  } finally {
    await close();
  }
}

/** @returns the exit code. @throws InvalidInputError */
export async function runDoctor(
  argv: readonly string[],
  databaseUrl: string | undefined,
  print: (text: string) => void,
): Promise<number> {
  const options = parseOptions(argv.filter((arg) => arg !== "--json"));
  if (options.help) {
    print(doctorHelp.trimEnd());
    return 0;
  }
  const findings = await diagnose(options, options["database-url"] ?? databaseUrl);
  print(argv.includes("--json") ? JSON.stringify(findings, null, 2) : formatFindings(findings));
  return findings.some(({ state }) => state === "failure") ? 1 : 0;
}
