import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CameraSettings } from "../../ports/camera.js";
import { CameraOpenError } from "./errors.js";
import type { Grabber } from "./grabber.js";
import type { Mat, OpenCv } from "./opencv.js";
import { Pacer } from "./pacer.js";

const PICTURES = /\.(jpe?g|png|bmp|webp|tiff?)$/i;
/** Pictures a second when nothing is asked: slow enough to follow, fast enough for the tray to count as settled. */
const DEFAULT_FPS = 5;

/** Names in the order a person expects: picture-2 before picture-10. */
function picturesIn(path: string): string[] {
  const names = readdirSync(path).filter((name) => PICTURES.test(name));
  return names.sort(new Intl.Collator("en", { numeric: true }).compare).map((name) => join(path, name));
}

/** A folder of pictures; pictures that OpenCV cannot read are left out. */
export function openFolder(cv: OpenCv, path: string, settings: CameraSettings): Grabber {
  const files = picturesIn(path);
  const readable = (file: string): Mat | undefined => {
    const picture = cv.imread(file, cv.IMREAD_COLOR);
    return picture.empty ? undefined : picture;
  };
  const first = files.map(readable).find((picture) => picture !== undefined);
  if (first === undefined) {
    throw new CameraOpenError(`${path} holds no picture that can be read`, "Put JPEG or PNG files there.");
  }
  const fps = settings.fps ?? DEFAULT_FPS;
  const pacer = new Pacer(fps);
  let at = 0;
  return {
    width: first.cols,
    height: first.rows,
    fps,
    note: `${files.length} pictures`,
    recorded: true,
    read: async () => {
      await pacer.next();
      for (let tried = 0; tried < files.length; tried++) {
        if (at >= files.length && !settings.loop) return undefined;
        const picture = readable(files[at++ % files.length] ?? "");
        if (picture !== undefined) return picture;
      }
      return undefined;
    },
    close: () => {},
  };
}
