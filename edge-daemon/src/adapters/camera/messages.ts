import { z } from "zod";
import type { CameraSettings } from "../../ports/camera.js";

/** File descriptor, in the capture process, of the memory in which it leaves the picture that was asked for. */
export const PICTURE_FD = 4;

/** To the capture process. `want`: leave the next picture; it may overwrite the one before. */
export type ToCapture = { readonly do: "open"; readonly settings: CameraSettings } | { readonly do: "want" };

/** Size of the RGB picture that lies at the start of PICTURE_FD. */
const PictureSize = z.strictObject({ width: z.int().positive(), height: z.int().positive() });
export type PictureSize = z.infer<typeof PictureSize>;

/** From the capture process; it ends itself after `lost` and `ended`. */
export const FromCapture = z.discriminatedUnion("is", [
  z.strictObject({
    is: z.literal("opened"),
    width: z.number(),
    height: z.number(),
    fps: z.number(),
    note: z.string(),
  }),
  z.strictObject({
    is: z.literal("picture"),
    /** process.hrtime.bigint() when it was read: one clock for all processes of a machine. */
    atNs: z.string(),
    facts: z.strictObject({ mean: z.number(), spread: z.number(), edge: z.number(), hash: z.number() }),
    left: PictureSize.nullable(),
  }),
  z.strictObject({ is: z.literal("lost"), why: z.string() }),
  z.strictObject({ is: z.literal("ended") }),
]);
export type FromCapture = z.infer<typeof FromCapture>;
