import { parseArgs } from "node:util";
import { InvalidInputError } from "@tillsight/contracts";
import { defaultData } from "../cli.js";

export const backupHelp = `tillsight cloud-sync backup and restore: everything that headquarters holds, in one file

Usage: node cloud-sync/dist/main.js backup <file|->     gzip; - is standard output
       node cloud-sync/dist/main.js restore <file>      into an empty place, or with --replace
       node cloud-sync/dist/main.js check-backup <file> every checksum, nothing is changed
       node cloud-sync/dist/main.js new-history         after the database was restored by other means

  --data <folder>       as headquarters has it                (default ~/.tillsight/cloud)
  --database-url <url>  as headquarters has it, or TILLSIGHT_DATABASE_URL (default: embedded)
  --objects <place>     as headquarters has it                (default: in the data folder)
  --signing-key <file>  as headquarters has it                (default: signing-key.pem in the data folder)
  --no-objects          leave photos and pictures out: the bucket or folder is backed up otherwise
  --with-signing-key    put the signing key into the backup: whoever has the file can then sign catalogs
  --replace             with restore: give up what is there
  --help                this text

On a PostgreSQL server a backup is taken while headquarters runs; with the embedded database stop it first.
A restore wants every copy stopped. Lanes begin a new history then and go on by themselves.
`;

export interface BackupArgs {
  readonly help: boolean;
  readonly file: string;
  readonly data: string;
  readonly databaseUrl: string | undefined;
  readonly objects: string | undefined;
  readonly signingKey: string | undefined;
  readonly noObjects: boolean;
  readonly withSigningKey: boolean;
  readonly replace: boolean;
}

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;

/** @throws InvalidInputError */
export function parseBackup(command: string, argv: readonly string[]): BackupArgs {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...{ data: text, "database-url": text, objects: text, "signing-key": text },
        ...{ "no-objects": flag, "with-signing-key": flag, replace: flag },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const wanted = command === "new-history" ? 0 : 1;
    if (!values.help && positionals.length !== wanted)
      throw new InvalidInputError(`${command} takes ${wanted === 0 ? "no" : "one"} file`, "See --help.");
    return {
      ...{ help: values.help, file: positionals[0] ?? "", data: values.data ?? defaultData },
      ...{ databaseUrl: values["database-url"], objects: values.objects, signingKey: values["signing-key"] },
      ...{ noObjects: values["no-objects"], withSigningKey: values["with-signing-key"] },
      replace: values.replace,
    };
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError(cause instanceof Error ? cause.message : String(cause), "See --help.", {
      cause,
    });
  }
}
