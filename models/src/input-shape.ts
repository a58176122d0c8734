/** Width and height of a network's input, pixels. */
export interface InputShape {
  readonly width: number;
  readonly height: number;
}

/** What a manifest says of an input: its own shape, and more that a detector's graph may take. */
export interface InputShapes extends InputShape {
  readonly shapes?: readonly (readonly [width: number, height: number])[] | undefined;
}

/** Every shape that a network's input may have, the one of its manifest first. */
export function shapesOf({ width, height, shapes = [] }: InputShapes): InputShape[] {
  const others = shapes.filter(([w, h]) => w !== width || h !== height);
  return [{ width, height }, ...others.map(([w, h]) => ({ width: w, height: h }))];
}

/**
 * The shape in which a picture is seen largest; of several the smallest, which costs least. A wide picture in a square
 * input would spend nearly half of the network's time on the bars above and below it.
 * @param shapes at least one.
 */
export function shapeFor<Shape extends InputShape>(picture: InputShape, shapes: readonly Shape[]): Shape {
  const scale = (s: Shape) => Math.min(s.width / picture.width, s.height / picture.height);
  const area = (s: Shape) => s.width * s.height;
  return shapes.reduce((best, s) =>
    scale(s) > scale(best) || (scale(s) === scale(best) && area(s) < area(best)) ? s : best,
  );
}
