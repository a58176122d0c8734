import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { InvalidInputError } from "@tillsight/contracts";
import { fileShot, type Shot } from "./vectors.js";

/** One product, or one kind of fruit or vegetable. */
export interface PhotoClass {
  readonly id: number;
  readonly name: string;
  readonly coarse: string;
  readonly packaged: boolean;
  /** The catalogue picture. */
  readonly iconic: Shot;
}

export interface Photo {
  readonly shot: Shot;
  readonly classId: number;
}

export interface PhotoSet {
  readonly classes: readonly PhotoClass[];
  readonly photos: readonly Photo[];
}

/** Rows of a CSV file without quotes, as the data set's lists are, each as a record by its header. */
function table(path: string): Record<string, string>[] {
  const [head = "", ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
  });
}

/**
 * The shop photographs under `dir`.
 * @throws InvalidInputError that says what they are and where to get them.
 */
export function readGrocery(dir: string): PhotoSet {
  for (const name of ["pictures.csv", "classes.csv"])
    if (!existsSync(join(dir, name)))
      throw new InvalidInputError(
        `there are no shop photographs in ${resolve(dir)} (${name} is missing)`,
        "The benchmark measures on GroceryStoreDataset (Klasson et al., WACV 2019, MIT licence, github.com/marcusklasson/GroceryStoreDataset): name its folder with --data DIR, with pictures.csv (split,path,class_id,coarse_id) and classes.csv (class_id,name,coarse_id,coarse_name,iconic) beside the pictures. Without it, --only virtual-trays,speed can be measured.",
      );
  const listed = table(join(dir, "pictures.csv"));
  const packaged = new Set(listed.filter((r) => r.path?.includes("/Packages/")).map((r) => r.class_id));
  const photos = listed.map(({ path = "", class_id }) => ({
    shot: fileShot(join(dir, path)),
    classId: Number(class_id),
  }));
  const classes = table(join(dir, "classes.csv")).map((row) => ({
    ...{ id: Number(row.class_id), name: row.name ?? "", coarse: row.coarse_name ?? "" },
    ...{ packaged: packaged.has(row.class_id), iconic: fileShot(join(dir, row.iconic ?? "")) },
  }));
  const known = new Set(classes.map(({ id }) => id));
  const stray = photos.find((photo) => !known.has(photo.classId));
  if (stray)
    throw new InvalidInputError(
      `pictures.csv speaks of class ${stray.classId}, which classes.csv does not have`,
      "Take both lists from the same copy of the data.",
    );
  return { classes, photos };
}

/** The first few photos of each class. */
export function thinned({ classes, photos: all }: PhotoSet, each: number): PhotoSet {
  const taken = new Map<number, number>();
  const photos = all.filter(({ classId }) => {
    const n = (taken.get(classId) ?? 0) + 1;
    taken.set(classId, n);
    return n <= each;
  });
  return { classes, photos };
}
