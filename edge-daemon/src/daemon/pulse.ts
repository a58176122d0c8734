import type { Assembly } from "./assembly.js";
import type { Lane } from "./lane.js";
import type { Selling } from "./selling.js";
import { Watchdog } from "./watchdog.js";

/** A loop that has not moved for this long is stuck: several times its slowest honest turn. */
const staleAfterMs = { capture: 20_000, till: 30_000, journal: 20_000 } as const;
/** Parts that do not announce their changes are looked at this often, ms. */
const everyMs = 500;

/** Keeps notices up to date, collects the loops' signs of life, and feeds the watchdog from them. */
export async function startPulse(assembly: Assembly, selling: Selling, lane: Lane): Promise<void> {
  const { deps, parts, progress } = assembly;
  const { dispatcher, keeper } = selling;
  const captureAlive = progress.watch("capture", staleAfterMs.capture);
  const tillAlive = progress.watch("till", staleAfterMs.till);
  const journalAlive = progress.watch("journal", staleAfterMs.journal);
  let dispatched = -1;
  let asking = false;
  const turn = (): void => {
    lane.refreshNotices();
    // A camera at fault that says so is being seen to; one that never gets past starting is stuck.
    if (deps.camera.status().state !== "starting") captureAlive();
    if (dispatcher.lastProgress() !== dispatched) {
      dispatched = dispatcher.lastProgress();
      tillAlive();
    }
    if (asking) return;
    asking = true;
    void keeper.settled().then(() => {
      asking = false;
      journalAlive();
    });
  };
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setInterval(turn, everyMs);
  };
  await parts.begin("pulse", start, () => clearInterval(timer));
  const watchdog = new Watchdog(deps.manager, progress, deps.log);
  await parts.begin(
    "watchdog",
    () => watchdog.start(),
    () => watchdog.stop(),
  );
}
