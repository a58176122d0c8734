import { describeError } from "@tillsight/contracts";
import type { Detector, Embedder, PrintJudge } from "@tillsight/models";
import type { ServiceManager } from "../adapters/systemd/notify.js";
import type { DaemonConfig } from "../config/schema.js";
import type { DemoRoutes } from "../kiosk-api/index.js";
import type { DeliveredModels, Role } from "../networks/delivered.js";
import { HealthBoard } from "../observe/health.js";
import type { Logger } from "../observe/logger.js";
import { createMetrics, type Metrics } from "../observe/metrics.js";
import { ProgressBoard } from "../observe/progress.js";
import type { Camera } from "../ports/camera.js";
import type { Clock } from "../ports/clock.js";
import { version } from "../version.js";
import { Parts } from "./parts.js";

/** What the daemon takes from outside; everything else it makes from its configuration. */
export interface DaemonDeps {
  readonly log: Logger;
  readonly clock: Clock;
  readonly manager: ServiceManager;
  readonly camera: Camera;
  readonly networks: {
    readonly detector: Detector;
    readonly embedder: Embedder;
    /** Left out or null, pictures of goods are taken for goods. */
    readonly print?: PrintJudge | null;
  };
  /** Networks of headquarters in the data folder, and the ids of those that the lane came with; left out: none are brought. */
  readonly models?: {
    readonly delivered: DeliveredModels;
    readonly shipped: Record<Role, string | null>;
    /** How long nobody must have shopped before the lane restarts with another network, ms. */
    readonly idleMs?: number;
  };
  /** Folder of the built kiosk page. */
  readonly pageDir: string;
  readonly demo?: DemoRoutes;
  /** Ends the process in order so that whatever keeps it running starts it again; left out, headquarters cannot. */
  readonly restart?: () => void;
}

/** What every part gets while the daemon is put together. */
export interface Assembly {
  readonly config: DaemonConfig;
  readonly deps: DaemonDeps;
  readonly parts: Parts;
  readonly metrics: Metrics;
  readonly progress: ProgressBoard;
  readonly health: HealthBoard;
  /** Trouble that heals or is shown elsewhere: logged, once, here. */
  readonly trouble: (what: string, error?: unknown) => void;
}

export function newAssembly(config: DaemonConfig, deps: DaemonDeps): Assembly {
  const { clock, log } = deps;
  return {
    config,
    deps,
    parts: new Parts(),
    metrics: createMetrics(),
    progress: new ProgressBoard(clock),
    health: new HealthBoard(version, () => clock.monotonic()),
    trouble: (what, error) =>
      log.warn(what, error === undefined ? undefined : { error: describeError(error) }),
  };
}
