/** Size of every rendered picture, pixels: what a usual overhead camera gives. */
export const PICTURE = { width: 1280, height: 720 } as const;

/** Where one thing lies and how it is turned. Pictures of things come from `Art`. */
export interface ItemPose {
  /** Unique within a tray; says which thing this is, not what it is. */
  readonly id: string;
  /** Code point(s) of the art, for example `1f34e`. */
  readonly art: string;
  /** Centre, pixels of the picture. */
  readonly x: number;
  readonly y: number;
  /** Longest side of the unturned art, pixels. */
  readonly size: number;
  /** Clockwise, degrees. */
  readonly turn: number;
  /** Sideways slant and lengthwise squeeze as seen by a camera that hangs slightly askew; 0 and 1 are none. */
  readonly shear: number;
  readonly squeeze: number;
}

export interface HandPose {
  readonly art: "1f590" | "270b" | "1faf3" | "1faf4" | "1f90f";
  readonly tone: SkinTone;
  /** CSS colour of the sleeve. */
  readonly sleeve: string;
  /** Middle of the palm, pixels. */
  readonly x: number;
  readonly y: number;
  /** Where the fingers point: 0 is up (the arm comes in over the lower edge), clockwise, degrees. */
  readonly turn: number;
  /** Longest side of the hand, pixels. */
  readonly size: number;
}

/** Fitzpatrick modifiers as Unicode codes them. */
export const skinTones = ["1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"] as const;
export type SkinTone = (typeof skinTones)[number];

export const grounds = ["slate", "oak", "steel", "linen", "mint"] as const;
export type Ground = (typeof grounds)[number];

export interface Light {
  /** 1 is normal; 0.55 is dusk, 1.2 is full sun. */
  readonly brightness: number;
  /** -1 is bluish daylight, 0 neutral, 1 a warm lamp. */
  readonly warmth: number;
  /** Where the light comes from (degrees, clockwise from above) and how uneven that makes it, 0..0.5. */
  readonly from: number;
  readonly slope: number;
}

/** Everything that the virtual camera sees at one moment. */
export interface Scene {
  readonly ground: Ground;
  readonly light: Light;
  /** Lying still, lowest first. */
  readonly items: readonly ItemPose[];
  /** In somebody's hand, above all that lies. */
  readonly carried: readonly ItemPose[];
  readonly hand: HandPose | null;
}

export const steadyLight: Light = { brightness: 1, warmth: 0, from: 320, slope: 0.1 };
