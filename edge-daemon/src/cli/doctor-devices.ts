import { setTimeout as delay } from "node:timers/promises";
import { OpenCvCamera } from "../adapters/camera/index.js";
import { SicsScale } from "../adapters/scale/index.js";
import { networksHealth } from "../daemon/health-parts.js";
import type { CameraStatus } from "../ports/camera.js";
import { systemClock } from "../ports/clock.js";
import { askLane } from "./ask-lane.js";
import type { Check } from "./doctor.js";
import { infosOf, openNetworks } from "./parts.js";

/** A USB camera may need some seconds from its first picture to a good one. */
const cameraWaitMs = 8_000;

const camera: Check = {
  name: "camera",
  run: async (config) => {
    // A camera serves one program: while the lane has it, the lane's own word counts.
    const lane = await askLane(config).catch(() => undefined);
    const inLane = lane?.parts.camera;
    if (inLane && inLane.state !== "failed")
      return { state: "ok", detail: `the running lane has it: ${inLane.detail}` };
    let seen: CameraStatus | undefined;
    const device = new OpenCvCamera(config.camera);
    const deadline = AbortSignal.timeout(cameraWaitMs);
    await device.start();
    try {
      for await (const frame of device.frames(deadline)) {
        seen = device.status();
        return { state: "ok", detail: `${config.camera.source} gives ${frame.width} x ${frame.height}` };
      }
    } finally {
      seen ??= device.status();
      await device.stop();
    }
    return {
      state: "failure",
      detail: seen.detail,
      fix: "Check the camera's cable and camera.source; `v4l2-ctl --list-devices` lists cameras.",
    };
  },
};

const models: Check = {
  name: "models",
  run: async (config) => {
    const networks = await openNetworks(config);
    try {
      const all = infosOf(networks);
      const { detail } = networksHealth(all.map((info) => ({ ...info, refused: [] })));
      const refused = all.flatMap((n) => n.refused);
      if (refused.length === 0) return { state: "ok", detail };
      const why = refused.map((r) => `${r.provider}: ${r.reason}`).join("; ");
      return {
        state: "warning",
        detail: `${detail} (${why})`,
        fix: "Install the driver, or take the provider out of models.providers.",
      };
    } finally {
      await networks.close();
    }
  },
};

/** A scale says its weight several times a second once it was asked. */
const scaleWaitMs = 3_000;

const scale: Check = {
  name: "scale",
  run: async (config) => {
    if (!config.scale) return { state: "ok", detail: "none is set, so items are not weighed" };
    const { path } = config.scale;
    const inLane = (await askLane(config).catch(() => undefined))?.parts.scale;
    if (inLane?.state === "ok") return { state: "ok", detail: `the running lane has it: ${inLane.detail}` };
    const device = new SicsScale(config.scale, systemClock);
    await device.start();
    try {
      const until = systemClock.monotonic() + scaleWaitMs;
      while (device.fault() && systemClock.monotonic() < until) await delay(50);
      const fault = device.fault();
      if (!fault) return { state: "ok", detail: `${path} gives weights` };
      return { state: "failure", detail: fault.message, fix: fault.fix };
    } finally {
      await device.stop();
    }
  },
};

/** Checks that open devices and load networks; some seconds each. */
export const deviceChecks: readonly Check[] = [models, camera, scale];
