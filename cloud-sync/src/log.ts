import winston from "winston";

/** The part of a logger that our code uses; winston's fits. */
export interface Logger {
  error(message: string, facts?: object): void;
  warn(message: string, facts?: object): void;
  info(message: string, facts?: object): void;
  debug(message: string, facts?: object): void;
}

export type LogLevel = "error" | "warn" | "info" | "debug";
export const logLevels: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** JSON lines on standard output. */
export function createLogger(level: LogLevel): Logger {
  const { combine, timestamp, json, errors } = winston.format;
  return winston.createLogger({
    level,
    format: combine(errors({ stack: true }), timestamp(), json()),
    transports: [new winston.transports.Console()],
  });
}

export const silentLogger: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
