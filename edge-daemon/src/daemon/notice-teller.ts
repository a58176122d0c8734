import type { LaneEvent, LaneNotice } from "@tillsight/contracts";

type Told = Pick<LaneEvent, "type" | "severity" | "text">;

/** Tells headquarters once when a notice comes up and once when it is gone. */
export class NoticeTeller {
  readonly #tell: (event: Told) => void;
  #known = new Map<string, LaneNotice>();

  constructor(tell: (event: Told) => void) {
    this.#tell = tell;
  }

  /** All that people must know at this moment. */
  now(notices: readonly LaneNotice[]): void {
    const known = new Map(notices.map((notice) => [notice.code, notice]));
    for (const [code, { severity, text }] of known)
      if (!this.#known.has(code)) this.#tell({ type: code, severity, text: text.slice(0, 500) });
    for (const code of this.#known.keys())
      if (!known.has(code)) this.#tell({ type: `${code}_GONE`, severity: "info", text: "It is over" });
    this.#known = known;
  }
}
