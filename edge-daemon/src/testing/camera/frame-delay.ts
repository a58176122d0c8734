import type { Picture } from "@tillsight/models";
import type { Camera } from "../../ports/camera.js";
import { MjpegCamera } from "./mjpeg-camera.js";

/** One handed-out frame of the time-coded stream. */
export interface FrameDelay {
  /** From the camera's showing the picture to the frame in the consumer's hands, ms: JPEG, network, OpenCV, hand-over. */
  readonly handedMs: number;
  /** From the camera's showing the picture to the moment the frame says it was captured, ms. */
  readonly capturedMs: number;
  /** Pictures that the camera had shown since. */
  readonly behind: number;
}

const BLOCKS = 16;
const BLOCK_PX = 40;
const SIZE = { width: BLOCKS * BLOCK_PX, height: 480 } as const;

/** A picture that says its number (0 to 65535) in black and white blocks, which JPEG does not blur away. */
function numbered(number: number): Picture {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3).fill(90);
  for (let y = 0; y < BLOCK_PX; y++) {
    for (let block = 0; block < BLOCKS; block++) {
      const begin = (y * SIZE.width + block * BLOCK_PX) * 3;
      data.fill((number >> block) & 1 ? 255 : 0, begin, begin + BLOCK_PX * 3);
    }
  }
  return { ...SIZE, data };
}

function numberOf({ width, data }: Picture): number {
  let number = 0;
  for (let block = 0; block < BLOCKS; block++) {
    const at = ((BLOCK_PX / 2) * width + block * BLOCK_PX + BLOCK_PX / 2) * 3;
    if ((data[at] ?? 0) > 128) number |= 1 << block;
  }
  return number;
}

/**
 * Measures how old frames are when a camera adapter hands them out, with a simulated HTTP camera that numbers its
 * pictures.
 *
 * @param open makes the camera under test for an address; it is started and stopped here
 * @param fps pictures a second
 * @param count frames to measure, after `skip` first ones during which the stream settles
 */
export async function measureFrameDelay(
  open: (url: string) => Camera,
  { fps = 15, count = 100, skip = 10 } = {},
): Promise<FrameDelay[]> {
  const simulated = new MjpegCamera();
  await simulated.start();
  const shownAt: number[] = [];
  const showing = setInterval(() => {
    shownAt.push(performance.now());
    void simulated.show(numbered(shownAt.length - 1));
  }, 1000 / fps);
  const camera = open(simulated.url);
  const delays: FrameDelay[] = [];
  try {
    await camera.start();
    for await (const frame of camera.frames(new AbortController().signal)) {
      const number = numberOf(frame);
      const shown = shownAt[number];
      if (shown === undefined) continue;
      const behind = shownAt.length - 1 - number;
      delays.push({ handedMs: performance.now() - shown, capturedMs: frame.capturedAt - shown, behind });
      if (delays.length === count + skip) break;
    }
  } finally {
    clearInterval(showing);
    await camera.stop();
    await simulated.stop();
  }
  return delays.slice(skip);
}
