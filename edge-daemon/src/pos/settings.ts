import { z } from "zod";

const restart = { requiresRestart: true };
const milliseconds = (min: number, max: number, value: number) => z.int().min(min).max(max).default(value);
const mark = z
  .string()
  .max(8)
  .refine((text) => Array.from(text).every((c) => c < "\u0080"), "ASCII characters only");

/** All there is to say about the line to the till; every field has a default. */
export const PosSettings = z
  .strictObject({
    protocol: z
      .enum(["till-line", "scanner-ack", "scanner"])
      .default("till-line")
      .meta({
        title: "Till protocol",
        description:
          "till-line: full messages, acknowledged. scanner-ack: codes, as from a scanner that waits for ACK. scanner: codes, nothing comes back. Neither scanner protocol carries weights.",
        ...restart,
      }),
    path: z
      .string()
      .min(1)
      .default("/dev/ttyUSB0")
      .meta({
        title: "Till port",
        description:
          "Serial device of the till. A name under /dev/serial/by-id stays the same when USB numbers change.",
        examples: ["/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1B2C3-if00-port0"],
        ...restart,
      }),
    baudRate: z
      .int()
      .min(300)
      .max(4_000_000)
      .default(115_200)
      .meta({
        title: "Baud rate",
        description: "Bits a second; both ends must agree. Scanner inputs often use 9600.",
        ...restart,
      }),
    dataBits: z
      .union([z.literal(7), z.literal(8)])
      .default(8)
      .meta({ title: "Data bits", description: "7 or 8; all three protocols are 7-bit clean.", ...restart }),
    parity: z
      .enum(["none", "even", "odd"])
      .default("none")
      .meta({ title: "Parity", description: "none, even or odd.", ...restart }),
    stopBits: z
      .union([z.literal(1), z.literal(2)])
      .default(1)
      .meta({ title: "Stop bits", description: "1 or 2.", ...restart }),
    flowControl: z
      .enum(["none", "rtscts", "xonxoff"])
      .default("none")
      .meta({
        title: "Flow control",
        description: "none, hardware (rtscts) or software (xonxoff).",
        ...restart,
      }),
    prefix: mark.default("\u0002").meta({
      title: "Scanner prefix",
      description:
        "Sent before each code by the scanner protocols. STX lets the till start afresh after a frame that was cut; empty where the till wants none.",
      ...restart,
    }),
    suffix: mark.default("\r").meta({
      title: "Scanner suffix",
      description: "Sent after each code by the scanner protocols; must hold a character that no code has.",
      ...restart,
    }),
    aimId: z
      .boolean()
      .default(false)
      .meta({
        title: "AIM identifier",
        description: "Send the symbology (]E0 for an EAN-13) before each code.",
        ...restart,
      }),
    sequence: z
      .enum(["digits", "none"])
      .default("digits")
      .meta({
        title: "Scan numbering",
        description:
          "scanner-ack only. digits: two digits before and a CRC-16 behind each code let the till drop a repeat, so nothing is lost or doubled. none: a bare scan; a line without answer is in doubt.",
        ...restart,
      }),
    ackTimeoutMs: milliseconds(50, 10_000, 500).meta({
      title: "Answer timeout",
      description: "Milliseconds from the last byte sent to the till's answer.",
      ...restart,
    }),
    attempts: z
      .int()
      .min(1)
      .max(10)
      .default(3)
      .meta({
        title: "Attempts",
        description: "Transmissions of one message before it is given back.",
        ...restart,
      }),
    busyRetryMs: milliseconds(10, 10_000, 250).meta({
      title: "Pause when busy",
      description: "Milliseconds before a busy till is asked again.",
      ...restart,
    }),
    writeTimeoutMs: milliseconds(100, 30_000, 2000).meta({
      title: "Write timeout",
      description: "Milliseconds that the port may take to send one message.",
      ...restart,
    }),
    probeIntervalMs: milliseconds(100, 60_000, 2000).meta({
      title: "Probe interval",
      description: "Milliseconds between looks whether port and (till-line) till are still there.",
      ...restart,
    }),
    reopenFirstMs: milliseconds(10, 10_000, 200).meta({
      title: "First reopen delay",
      description: "Milliseconds before a lost port is opened again; doubles up to the longest delay.",
      ...restart,
    }),
    reopenMaxMs: milliseconds(10, 60_000, 3000).meta({
      title: "Longest reopen delay",
      description: "Milliseconds at most between two attempts to open the port.",
      ...restart,
    }),
  })
  .superRefine((s, context) => {
    const refuse = (field: "suffix" | "prefix", message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    if (!/[^A-Za-z0-9._\]-]/.test(s.suffix))
      refuse("suffix", "needs a character that no code has, such as \\r, \\n or \\t");
    else if (s.prefix.includes(s.suffix) || (s.prefix !== "" && s.suffix.includes(s.prefix)))
      refuse("prefix", "prefix and suffix must not contain each other");
  });
export type PosSettings = z.infer<typeof PosSettings>;
