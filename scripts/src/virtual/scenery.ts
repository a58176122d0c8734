import { MjpegCamera } from "@tillsight/edge-daemon/testing";
import type { Undo } from "../lane/undo.js";
import { TrayFeed } from "./feed.js";
import { RenderThread } from "./render-thread.js";
import { steadyLight } from "./scene.js";

export interface SceneryOptions {
  readonly seed?: number | undefined;
  /** Pictures a second, 1..60. */
  readonly fps: number;
  /** How much faster than life hands move. */
  readonly pace?: number | undefined;
}

/** A drawn tray before a simulated camera, running; `undo` ends it. */
export async function openScenery(options: SceneryOptions, undo: Undo) {
  const camera = new MjpegCamera({});
  await camera.start();
  undo.add(() => camera.stop());
  const renderer = new RenderThread(options.seed ?? 1);
  undo.add(() => renderer.close());
  const feed = new TrayFeed({
    render: (scene, frame) => renderer.render(scene, frame),
    sink: camera,
    stage: { ground: "slate", light: steadyLight, table: [] },
    fps: options.fps,
    pace: options.pace ?? 1,
  });
  await feed.start();
  undo.add(() => feed.stop());
  return { camera, feed };
}
