import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { TillsightError } from "@tillsight/contracts";
import type * as opencv from "@u4/opencv4nodejs";

export type { Mat, VideoCapture } from "@u4/opencv4nodejs";
export type OpenCv = typeof opencv;

/** OpenCV's addon is missing or does not fit this Node. */
export class OpenCvMissingError extends TillsightError {
  readonly code = "OPENCV_MISSING";

  constructor(options?: ErrorOptions) {
    super(
      "OpenCV could not be loaded",
      "Run `npm run bootstrap`: it builds the addon and says what is missing.",
      options,
    );
  }
}

let loaded: OpenCv | undefined;

/**
 * OpenCV: modules core, imgproc, imgcodecs and videoio.
 *
 * The package's own entry looks for an OpenCV that it built itself and prints what it finds; the addon it would
 * load in the end and its promise wrappers are taken directly.
 *
 * @throws {OpenCvMissingError}
 */
export function loadOpenCv(): OpenCv {
  if (loaded !== undefined) return loaded;
  try {
    const require = createRequire(import.meta.url);
    const packageDir = dirname(dirname(dirname(require.resolve("@u4/opencv4nodejs"))));
    const native: unknown = require(join(packageDir, "build/Release/opencv4nodejs.node"));
    const { default: withPromises } = require(join(packageDir, "cjs/lib/promisify.js")) as {
      default: (addon: unknown) => OpenCv;
    };
    loaded = withPromises(native);
    return loaded;
  } catch (cause) {
    throw new OpenCvMissingError({ cause });
  }
}
