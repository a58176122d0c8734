/** A picture in memory: RGB, 8 bits a channel, interleaved, row by row; `data.length === width * height * 3`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
