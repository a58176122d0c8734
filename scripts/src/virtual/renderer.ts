import type { Picture } from "@tillsight/models";
import { type Art, loadArt } from "./art.js";
import { drawGround } from "./ground.js";
import { drawHand, HAND_SIZE } from "./hand.js";
import { type Canvas, createCanvas, drawShadow, drawSprite, expose, vignette } from "./paint.js";
import { createRandom } from "./random.js";
import { castShadow, poseMatrix, type Shadow, type Sprite, transform } from "./raster.js";
import { type Ground, type HandPose, type ItemPose, PICTURE, type Scene } from "./scene.js";

/** What a cheap 1080p module shows indoors, in steps of 8 bits. */
const SENSOR_NOISE = 2.4;
/** How much brighter or darker the automatic exposure makes each frame, at one standard deviation. */
const EXPOSURE_JITTER = 0.004;
/** Prime, so that rows and frames do not fall on the same noise. */
const NOISE_LENGTH = 262_139;
const CACHED_POSES = 160;

interface Drawn {
  readonly sprite: Sprite;
  /** Each shadow with how far from the thing it falls, pixels. */
  readonly shadows: readonly { shadow: Shadow; dx: number; dy: number }[];
}

/** Turns scenes into camera pictures. Pure but for its caches: same scene, same frame number, same picture. */
export class TrayRenderer {
  readonly #seed: number;
  readonly #load: (name: string) => Promise<Art>;
  readonly #art = new Map<string, Art>();
  readonly #grounds = new Map<Ground, Canvas>();
  readonly #hands = new Map<string, Sprite>();
  readonly #drawn = new Map<string, Drawn>();
  readonly #field = vignette(PICTURE.width, PICTURE.height);
  readonly #noise: Int8Array;
  #still: { key: string; canvas: Canvas } | null = null;

  /** @param load pictures of things that are not in the demo store, by the name that poses give them. */
  constructor(seed = 1, load: (name: string) => Promise<Art> = loadArt) {
    this.#seed = seed;
    this.#load = load;
    const random = createRandom(seed).fork("noise");
    this.#noise = Int8Array.from({ length: NOISE_LENGTH }, () => Math.round(random.gauss() * SENSOR_NOISE));
  }

  /**
   * What the camera sees, with the noise of frame `frame`. Loads art it has not met.
   * @throws InvalidInputError when a scene names art that does not exist.
   */
  async render(scene: Scene, frame: number): Promise<Picture> {
    await this.#prepare(scene);
    const still = this.#stillLayer(scene);
    const canvas = { ...still, data: still.data.slice() };
    for (const item of scene.carried) this.#drawItem(canvas, item, true);
    if (scene.hand) this.#drawHand(canvas, scene.hand);
    const random = createRandom(this.#seed).fork(`frame ${frame}`);
    const brightness = scene.light.brightness * (1 + random.gauss() * EXPOSURE_JITTER);
    const span = NOISE_LENGTH - PICTURE.width * 3;
    const data = expose(canvas, { ...scene.light, brightness }, this.#field, this.#noise, () =>
      random.int(0, span),
    );
    return { width: canvas.width, height: canvas.height, data: new Uint8Array(data.buffer) };
  }

  async #prepare(scene: Scene): Promise<void> {
    if (!this.#grounds.has(scene.ground)) this.#grounds.set(scene.ground, await drawGround(scene.ground));
    for (const { art } of [...scene.items, ...scene.carried])
      if (!this.#art.has(art)) this.#art.set(art, await this.#load(art));
    const { hand } = scene;
    if (hand && !this.#hands.has(handKey(hand)))
      this.#hands.set(handKey(hand), await drawHand(hand.art, hand.tone, hand.sleeve));
  }

  /** Ground and what lies on it, drawn anew only when that changes. */
  #stillLayer(scene: Scene): Canvas {
    const key = JSON.stringify([scene.ground, scene.items]);
    if (this.#still?.key === key) return this.#still.canvas;
    const canvas = this.#still?.canvas ?? createCanvas(PICTURE.width, PICTURE.height);
    const ground = this.#grounds.get(scene.ground);
    if (ground) canvas.data.set(ground.data);
    for (const item of scene.items) this.#drawItem(canvas, item, false);
    this.#still = { key, canvas };
    return canvas;
  }

  #drawItem(canvas: Canvas, item: ItemPose, carried: boolean): void {
    const art = this.#art.get(item.art);
    if (!art) return;
    const drawn = this.#remember(`${item.art} ${poseKey(item)} ${carried}`, () => {
      // What is lifted is nearer to the camera.
      const scale = item.size * art.scale * (carried ? 1.07 : 1);
      const sprite = transform(art.sprite, poseMatrix(scale, item.turn, item.shear, item.squeeze));
      return { sprite, shadows: carried ? liftedShadows(sprite) : lyingShadows(sprite) };
    });
    this.#draw(canvas, drawn, item.x, item.y);
  }

  #drawHand(canvas: Canvas, hand: HandPose): void {
    const source = this.#hands.get(handKey(hand));
    if (!source) return;
    const drawn = this.#remember(`${handKey(hand)} ${hand.turn} ${hand.size}`, () => {
      const sprite = transform(source, poseMatrix(hand.size / HAND_SIZE, hand.turn, 0, 1));
      return { sprite, shadows: liftedShadows(sprite) };
    });
    this.#draw(canvas, drawn, hand.x, hand.y);
  }

  #draw(canvas: Canvas, { sprite, shadows }: Drawn, x: number, y: number): void {
    for (const { shadow, dx, dy } of shadows) drawShadow(canvas, shadow, x + dx, y + dy);
    drawSprite(canvas, sprite, x, y);
  }

  #remember(key: string, make: () => Drawn): Drawn {
    const known = this.#drawn.get(key) ?? make();
    // Map keeps order of insertion: taking out and putting in makes the first one the least used.
    this.#drawn.delete(key);
    this.#drawn.set(key, known);
    if (this.#drawn.size > CACHED_POSES) this.#drawn.delete(this.#drawn.keys().next().value ?? key);
    return known;
  }
}

const handKey = (hand: HandPose): string => `${hand.art} ${hand.tone} ${hand.sleeve}`;
const poseKey = (p: ItemPose): string => [p.size, p.turn, p.shear, p.squeeze].join(" ");

const lyingShadows = (sprite: Sprite): Drawn["shadows"] => [
  { shadow: castShadow(sprite, 12, 0.34), dx: 6, dy: 9 },
  { shadow: castShadow(sprite, 4, 0.42), dx: 1, dy: 2 },
];
const liftedShadows = (sprite: Sprite): Drawn["shadows"] => [
  { shadow: castShadow(sprite, 22, 0.3), dx: 24, dy: 34 },
];
