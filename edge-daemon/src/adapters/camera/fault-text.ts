import type { CameraFault } from "../../ports/camera.js";

/** One sentence for a technician: what, and what to do about it. */
export const faultText: Readonly<Record<Exclude<CameraFault, "unplugged">, string>> = {
  hung: "the camera is connected and gives no picture; it is being started anew. If that does not help: unplug it and plug it in again",
  frozen:
    "the camera repeats the same picture; it is being started anew. If that does not help: unplug it and plug it in again",
  black: "the picture is black. Is the light on, and the lens cap off?",
  covered:
    "there is nothing to see in the picture. Does something lie on the lens? Take it away and wipe the glass",
};
