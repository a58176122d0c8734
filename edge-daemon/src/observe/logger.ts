import winston from "winston";

/** The part of a logger that our code uses; winston's fits, and so does a test's. */
export interface Logger {
  error(message: string, facts?: object): void;
  warn(message: string, facts?: object): void;
  info(message: string, facts?: object): void;
  debug(message: string, facts?: object): void;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

/**
 * JSON lines on standard output, where journald picks them up.
 *
 * Levels: `error` a person must act now; `warn` degraded, heals by itself or can wait; `info` what a
 * technician wants to see of a normal day; `debug` everything else. A problem is logged once, where it is
 * handled.
 */
export function createLogger(level: LogLevel, stream?: NodeJS.WritableStream): winston.Logger {
  const { combine, timestamp, json, errors } = winston.format;
  return winston.createLogger({
    level,
    format: combine(errors({ stack: true }), timestamp(), json()),
    transports: [
      stream
        ? new winston.transports.Stream({ stream })
        : new winston.transports.Console({ forceConsole: false }),
    ],
  });
}

/** For code that must not speak, such as a one-shot command. */
export const silentLogger: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
