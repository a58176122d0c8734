import type { Box } from "@tillsight/contracts";
import type { ModelManifest } from "./manifest.js";
import type { Picture } from "./picture.js";
import { makePlan, resample } from "./resample.js";

/** How a picture lies in a network's input: scaled by `scaleX`, `scaleY`, its corner at `left`, `top`. */
export interface Letterbox {
  readonly width: number;
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly left: number;
  readonly top: number;
}

/** The largest centred place of the picture's proportions; at least one pixel each way. */
export function letterboxOf(
  picture: { width: number; height: number },
  into: { width: number; height: number },
): Letterbox {
  const scale = Math.min(into.width / picture.width, into.height / picture.height);
  const width = Math.min(into.width, Math.max(1, Math.round(picture.width * scale)));
  const height = Math.min(into.height, Math.max(1, Math.round(picture.height * scale)));
  return {
    width,
    height,
    scaleX: width / picture.width,
    scaleY: height / picture.height,
    left: (into.width - width) >> 1,
    top: (into.height - height) >> 1,
  };
}

/** A box in pixels of the input, back in pixels of the picture (not clipped). */
export function fromLetterbox(box: Box, at: Letterbox): Box {
  return {
    x: (box.x - at.left) / at.scaleX,
    y: (box.y - at.top) / at.scaleY,
    w: box.w / at.scaleX,
    h: box.h / at.scaleY,
  };
}

/** A box in pixels of the picture, in pixels of the input. */
export function toLetterbox(box: Box, at: Letterbox): Box {
  return {
    x: box.x * at.scaleX + at.left,
    y: box.y * at.scaleY + at.top,
    w: box.w * at.scaleX,
    h: box.h * at.scaleY,
  };
}

/** Writes pictures into a network's tensor, normalised on the way. */
export class Letterboxer {
  readonly #input: ModelManifest["input"];
  readonly #scale: [number, number, number];
  readonly #shift: [number, number, number];

  constructor(input: ModelManifest["input"]) {
    this.#input = input;
    const { mean, std } = input;
    this.#scale = [1 / std[0], 1 / std[1], 1 / std[2]];
    this.#shift = [-mean[0] / std[0], -mean[1] / std[1], -mean[2] / std[2]];
  }

  /** Numbers that one picture takes in the tensor. */
  get length(): number {
    return 3 * this.#input.width * this.#input.height;
  }

  /** Fills `tensor` from `offset` on with the picture and the colour around it. */
  write(picture: Picture, tensor: Float32Array, offset: number): Letterbox {
    const { width, height } = this.#input;
    const at = letterboxOf(picture, this.#input);
    const plane = width * height;
    if (at.width < width || at.height < height) this.#pad(tensor, offset, plane);
    resample(picture, makePlan(picture, at), {
      data: tensor,
      offset: offset + at.top * width + at.left,
      plane,
      step: 1,
      pitch: width,
      scale: this.#scale,
      shift: this.#shift,
    });
    return at;
  }

  #pad(tensor: Float32Array, offset: number, plane: number): void {
    for (const channel of [0, 1, 2] as const) {
      const begin = offset + channel * plane;
      tensor.fill(this.#input.letterbox * this.#scale[channel] + this.#shift[channel], begin, begin + plane);
    }
  }
}
