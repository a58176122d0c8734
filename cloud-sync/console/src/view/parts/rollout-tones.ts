import type { Rollout } from "../../api/schemas.js";
import type { BadgeTone } from "./bits.js";

export const rolloutTones: Readonly<Record<Rollout["state"]["status"], BadgeTone>> = {
  ...{
    draft: "quiet",
    running: "good",
    paused: "ask",
    rollingBack: "bad",
    rolledBack: "quiet",
    done: "good",
  },
};
