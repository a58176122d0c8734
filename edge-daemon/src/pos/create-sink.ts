import { type Clock, systemClock } from "../ports/clock.js";
import type { Dialect } from "./dialect.js";
import type { ByteLink } from "./link/byte-link.js";
import { SerialLink } from "./link/serial-link.js";
import { scanner } from "./scanner/dialect.js";
import type { PosSettings } from "./settings.js";
import { tillLine } from "./till-line/dialect.js";
import { SerialTillSink, type TillSink } from "./till-sink.js";

export interface LineSinkParts {
  /** Default: the serial port that the settings name. */ readonly link?: ByteLink;
  readonly clock?: Clock;
}

/** The sink that the settings ask for; nothing is opened before its `start()`. */
export function createLineSink(settings: PosSettings, parts: LineSinkParts = {}): TillSink {
  const link = parts.link ?? new SerialLink(settings);
  return new SerialTillSink(dialectOf(settings), link, settings, parts.clock ?? systemClock);
}

export function dialectOf(settings: PosSettings): Dialect {
  const { protocol } = settings;
  // The sink hands a dialect only the frames its own decoder made.
  return (protocol === "till-line" ? tillLine(settings) : scanner({ ...settings, protocol })) as Dialect;
}
