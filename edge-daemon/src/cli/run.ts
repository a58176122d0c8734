import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describeError, StoppedError } from "@tillsight/contracts";
import { OpenCvCamera } from "../adapters/camera/index.js";
import { createServiceManager } from "../adapters/systemd/notify.js";
import { startDaemon } from "../daemon/daemon.js";
import { networksHealth } from "../daemon/health-parts.js";
import { DeliveredModels } from "../networks/delivered.js";
import { systemClock } from "../ports/clock.js";
import { version } from "../version.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";
import { infosOf, openNetworks, shippedNetworks } from "./parts.js";

/** Where `npm run build` puts the kiosk page. */
export const defaultPageDir = fileURLToPath(new URL("../../../kiosk-ui/dist/web", import.meta.url));

/** Runs the lane until the context's signal aborts. */
export async function runCommand(context: CommandContext): Promise<ExitCode> {
  const config = context.loadConfig();
  const log = context.log(config);
  const manager = createServiceManager(context.env, (error) =>
    log.warn("systemd could not be told", { error: describeError(error) }),
  );
  log.info("the lane is starting", { version, terminal: config.terminal, dataDir: config.dataDir });
  await manager.status("loading the networks");
  const delivered = new DeliveredModels(config.dataDir);
  const networks = await openNetworks(config, { measure: true, delivered, log });
  log.info("the networks are ready", { networks: networksHealth(infosOf(networks)).detail });
  try {
    const camera = new OpenCvCamera(config.camera);
    const restarting = new AbortController();
    const restart = () => restarting.abort(new StoppedError("the lane (headquarters asked for a restart)"));
    const models = { delivered, shipped: await shippedNetworks(config) };
    const deps = {
      models,
      log,
      clock: systemClock,
      manager,
      camera,
      networks,
      pageDir: defaultPageDir,
      restart,
    };
    const daemon = await startDaemon(config, deps, context.signal);
    log.info("the lane is ready", { url: daemon.url });
    await manager.status(`selling at ${daemon.url}`);
    const ended = AbortSignal.any([context.signal, restarting.signal]);
    if (!ended.aborted) await once(ended, "abort");
    log.info("the lane is stopping");
    await daemon.stop();
  } catch (error) {
    // A stop that was asked for while the lane was still starting is an orderly end too.
    if (!context.signal.aborted || error !== context.signal.reason) throw error;
  } finally {
    await networks.close();
  }
  log.info("the lane has stopped");
  return exitCodes.ok;
}
