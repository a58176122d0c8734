import type { ProgressBoard } from "../observe/progress.js";
import { RepeatedTrouble } from "../observe/repeated.js";
import type { Camera, CameraStatus } from "../ports/camera.js";
import type { Assembly } from "./assembly.js";
import type { Lane } from "./lane.js";
import type { Selling } from "./selling.js";
import { type StaleAfter, staleAfter } from "./stale-after.js";
import { Watchdog } from "./watchdog.js";

/** Parts that do not announce their changes are looked at this often, ms. */
const everyMs = 500;

/** The loops whose signs of life are looked for here; recognition gives its own. */
export interface Beating {
  readonly camera: Pick<Camera, "status">;
  readonly dispatcher: Pick<Selling["dispatcher"], "lastProgress">;
  readonly keeper: Pick<Selling["keeper"], "settled">;
}

/**
 * Whether capture is alive: a live camera by its pictures, one at fault (or whose recording has ended) because
 * it says so and is seen to. One that never gets past starting is stuck.
 */
const captureMoves = ({ state, captured }: CameraStatus, before: number): boolean =>
  state === "live" ? captured !== before : state !== "starting";

/** Collects the loops' signs of life. */
export class Pulse {
  readonly #of: Beating;
  readonly #alive: Readonly<Record<"capture" | "till" | "journal", () => void>>;
  #captured = -1;
  #dispatched = -1;
  #asking = false;

  constructor(of: Beating, progress: ProgressBoard, limits: StaleAfter) {
    this.#of = of;
    this.#alive = {
      capture: progress.watch("capture", limits.capture),
      till: progress.watch("till", limits.till),
      journal: progress.watch("journal", limits.journal),
    };
  }

  /** One look at each loop. */
  beat(): void {
    const { camera, dispatcher, keeper } = this.#of;
    const status = camera.status();
    if (captureMoves(status, this.#captured)) this.#alive.capture();
    this.#captured = status.captured;
    const dispatched = dispatcher.lastProgress();
    if (dispatched !== this.#dispatched) this.#alive.till();
    this.#dispatched = dispatched;
    if (this.#asking) return;
    this.#asking = true;
    void keeper.settled().then(() => {
      this.#asking = false;
      this.#alive.journal();
    });
  }
}

/** Keeps notices up to date, collects the loops' signs of life, and feeds the watchdog from them. */
export async function startPulse(assembly: Assembly, selling: Selling, lane: Lane): Promise<void> {
  const { config, deps, parts, progress, trouble } = assembly;
  const pulse = new Pulse({ camera: deps.camera, ...selling }, progress, staleAfter(config));
  // What cannot be read just now (a catalog on a failing disk) must not end the lane.
  const notices = new RepeatedTrouble((error) => trouble("the notices could not be looked up", error));
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setInterval(() => {
      notices.during(() => lane.refreshNotices());
      pulse.beat();
    }, everyMs);
  };
  await parts.begin("pulse", start, () => clearInterval(timer));
  const watchdog = new Watchdog(deps.manager, progress, deps.log);
  await parts.begin(
    "watchdog",
    () => watchdog.start(),
    () => watchdog.stop(),
  );
}
