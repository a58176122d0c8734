import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { InvalidInputError, MqttVersion, NodeName } from "@tillsight/contracts";
import { z } from "zod";
import { logLevels } from "./log.js";
import { defaultKeepDays } from "./upward/retention.js";

export const help = `tillsight cloud-sync: the chain's product catalog, and its way to every lane

Usage: node cloud-sync/dist/main.js [options]
       node cloud-sync/dist/main.js import <file> | export [file] | enrol <pictures>   (their own --help)
       node cloud-sync/dist/main.js backup <file|-> | restore <file> | check-backup <file> | new-history
       node cloud-sync/dist/main.js doctor [--json] [options]   looks whether all is well, and says what to do
       node cloud-sync/dist/main.js setup-link [--user <name>] [--data <folder>]
                        a new link for the first administrator, or for somebody who forgot his password

  --data <folder>       catalog and pictures                 (default ~/.tillsight/cloud)
  --store <name>        store whose lanes are served          (default store)
  --port <n>            HTTP API and console, 0 = any free    (default 7480)
  --host <address>      where they listen                     (default 127.0.0.1: this machine alone)
  --trust-proxy <addresses>  of the proxies with TLS in front, such as 127.0.0.1 or 10.0.0.0/8: without one,
                        passwords and tokens cross the network in clear text
  --public-url <url>    where people open the console, such as https://hq.example
  --broker-url <url>    your MQTT broker, mqtt:// or mqtts:// (default: embedded)
  --broker-user <name>  user at that broker, with
  --broker-password-file <file>, which holds nothing but the password
  --broker-ca <file>    PEM of the authority that signed its certificate, when the system does not know it
  --mqtt-version <4|5>  of that broker; 4 is MQTT 3.1.1     (default: 5, or 4 where it says that it knows no 5)
  --broker-port <n>     of the embedded broker                (default 7483)
  --broker-host <address>  where it listens                   (default 127.0.0.1: this machine alone)
  --broker-cert <file>, --broker-key <file>  PEM of its certificate and key: lanes reach it by mqtts://; a must
                        beyond this machine
  --registered-only     it lets in registered terminals and nobody else; always so beyond this machine
  --lane-broker-url <url>  the broker as lanes reach it, told to a terminal that registers
  --mosquitto-files <folder>  keep mosquitto's files passwords and acl there, for the registered terminals
  --relay <url>         pass on what lanes send up to NATS with JetStream: nats://user:password@host:4222
  --keep-telemetry <days>, --keep-events <days>, --keep-review <days>
                        how long what lanes report stays after its arrival, 0 = for ever; review: pictures of what
                        they could not name, and records that did not fit (default ${defaultKeepDays.telemetry}, ${defaultKeepDays.events} and ${defaultKeepDays.review});
                        sales always stay
  --database-url <url>  a PostgreSQL server, 15 or later, or TILLSIGHT_DATABASE_URL (default: embedded)
  --objects <place>     pictures: a folder, or s3://BUCKET/PREFIX?endpoint=…&region=… with the credentials
                        in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (default: in the data folder)
  --signing-key <file>  PEM of the Ed25519 key that signs catalogs, shared by all copies of headquarters
                        (default: signing-key.pem in the data folder, made at the first start)
  --adopt-key           the key that this database was signed with is lost: go on with this copy's own
  --rotate-key          make a new signing key, endorsed by the present one, and end; stop headquarters first
  --revoke-old          with --rotate-key: the present key may be stolen, lanes are to believe it no more
  --most-references <n>  photos by which lanes know a product at most, those that show most (default: all)
  --private-links       fetch pictures behind links also from addresses of the own network
  --models <folder>     manifests and weights                 (default: the ones shipped)
  --log-level <level>   error, warn, info or debug            (default info)
  --help                this text

The first start prints a link, good once and for a day, that makes the first administrator; there is no default
password. Programs get tokens from him (POST /api/tokens). On this machine, the file "token" of the data folder holds
one with every right, another at each start:
  curl -X PUT -H "Authorization: Bearer $(cat ~/.tillsight/cloud/token)" -H "Content-Type: application/json" \\
    -d '{"price":{"minor":149,"currency":"EUR"}}' http://127.0.0.1:7480/api/products/apple/price
`;

/** Where the catalog lies unless it is said. */
export const defaultData = join(homedir(), ".tillsight", "cloud");

const Port = z.coerce
  .number("a port number")
  .int("a port number")
  .min(0, "a port number")
  .max(65_535, "a port number up to 65535");

const Days = z.coerce
  .number("a number of days")
  .int("whole days")
  .min(0, "a number of days, or 0 to keep all")
  .max(36_500, "at most 36500 days");

const Options = z.object({
  help: z.boolean().default(false),
  data: z.string().min(1).default(defaultData),
  store: NodeName.default("store"),
  port: Port.default(7480),
  host: z.string().min(1).default("127.0.0.1"),
  "trust-proxy": z
    .string()
    .regex(/^[0-9a-fA-F.:/, ]+$/, "addresses or networks, such as 127.0.0.1 or 10.0.0.0/8")
    .optional(),
  "public-url": z.url({ protocol: /^https?$/, error: "an address such as https://hq.example" }).optional(),
  /** Of the command setup-link. */
  user: z.string().min(1).optional(),
  "broker-url": z
    .string()
    .regex(/^(mqtts?|wss?):\/\//, "an address such as mqtts://broker.example:8883")
    .optional(),
  "broker-user": z.string().min(1).optional(),
  "broker-password-file": z.string().min(1).optional(),
  "broker-ca": z.string().min(1).optional(),
  "mqtt-version": z
    .enum(["4", "5"], "4 for MQTT 3.1.1, or 5")
    .transform((text) => MqttVersion.parse(Number(text)))
    .optional(),
  "broker-port": Port.default(7483),
  "broker-host": z.string().min(1).default("127.0.0.1"),
  "broker-cert": z.string().min(1).optional(),
  "broker-key": z.string().min(1).optional(),
  "registered-only": z.boolean().default(false),
  "lane-broker-url": z
    .string()
    .regex(/^(mqtts?|wss?):\/\//, "an address such as mqtts://broker.example:8883")
    .optional(),
  "mosquitto-files": z.string().min(1).optional(),
  relay: z
    .string()
    .regex(/^nats:\/\/[^/]/, "an address such as nats://host:4222")
    .optional(),
  "keep-telemetry": Days.default(defaultKeepDays.telemetry),
  "keep-events": Days.default(defaultKeepDays.events),
  "keep-review": Days.default(defaultKeepDays.review),
  "signing-key": z.string().min(1).optional(),
  "adopt-key": z.boolean().default(false),
  "rotate-key": z.boolean().default(false),
  "revoke-old": z.boolean().default(false),
  "database-url": z
    .string()
    .regex(/^postgres(ql)?:\/\//, "an address such as postgresql://user@host/database")
    .optional(),
  objects: z.string().min(1).optional(),
  models: z.string().optional(),
  "private-links": z.boolean().default(false),
  "most-references": z.coerce
    .number("a number of references")
    .int("whole references")
    .min(1, "at least one reference")
    .max(1000, "at most 1000 references")
    .optional(),
  "log-level": z.enum(logLevels).default("info"),
});
export type CliOptions = z.infer<typeof Options>;

const text = { type: "string" } as const;

/** @throws InvalidInputError that names the option. */
export function parseOptions(argv: readonly string[]): CliOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...{
          data: text,
          store: text,
          port: text,
          host: text,
          "trust-proxy": text,
          "public-url": text,
          user: text,
          "broker-url": text,
          "broker-user": text,
          "broker-password-file": text,
          "broker-ca": text,
          "mqtt-version": text,
          "broker-port": text,
          "broker-host": text,
          "broker-cert": text,
          "broker-key": text,
          "lane-broker-url": text,
          "mosquitto-files": text,
          relay: text,
          "keep-telemetry": text,
          "keep-events": text,
          "keep-review": text,
          "signing-key": text,
          "database-url": text,
          objects: text,
          models: text,
          "log-level": text,
        },
        "registered-only": { type: "boolean" },
        "adopt-key": { type: "boolean" },
        "rotate-key": { type: "boolean" },
        "revoke-old": { type: "boolean" },
        "private-links": { type: "boolean" },
        "most-references": text,
        help: { type: "boolean", short: "h" },
      },
    });
    return Options.parse(values);
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const message = issue
      ? `--${issue.path.join(".")}: ${issue.message}`
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new InvalidInputError(message, "See --help.", { cause });
  }
}
