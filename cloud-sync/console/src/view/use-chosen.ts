import { useState } from "react";
import { readDetails } from "../api/products.js";
import type { ProductDetail } from "../api/schemas.js";
import { keysOfName, refusalOfFile } from "../state/photo-names.js";
import { useHq } from "./hq.js";
import { type Task, useTask } from "./use-task.js";

/** A chosen file and the product that it is of, once that is known. */
export interface Chosen {
  readonly id: number;
  readonly file: File;
  readonly detail: ProductDetail | null;
}

export interface ChosenUse {
  readonly chosen: readonly Chosen[];
  readonly setChosen: (chosen: readonly Chosen[]) => void;
  /** Files that cannot be sent, in words. */
  readonly refused: readonly string[];
  readonly task: Task;
  readonly add: (files: readonly File[]) => void;
  /** Those whose product is known, by its SKU; they are no longer chosen then. */
  readonly takeReady: () => ReadonlyMap<string, readonly File[]>;
}

let made = 0;

/** Photos that are to be sent. @param sku of what all of them are; null: their names say it, or somebody does */
export function useChosen(sku: string | null): ChosenUse {
  const { t, client } = useHq();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const task = useTask();
  const add = (files: readonly File[]) =>
    void task.run(async () => {
      const judged = files.map((file) => ({ file, why: refusalOfFile(file) }));
      setRefused(judged.flatMap(({ file, why }) => (why ? [t.photos.refusedFile(file.name, why)] : [])));
      const good = judged.filter(({ why }) => why === null).map(({ file }) => file);
      const keys = good.map(({ name }) => (sku === null ? keysOfName(name) : [sku]));
      const details = await readDetails(client, keys.flat());
      const detailOf = (wanted: readonly string[] = []) =>
        wanted.map((key) => details.get(key)).find((detail) => detail !== undefined) ?? null;
      const more = good.map((file, i) => ({ id: ++made, file, detail: detailOf(keys[i]) }));
      setChosen((list) => [...list, ...more]);
    });
  const takeReady = () => {
    const ready = new Map<string, File[]>();
    for (const { file, detail } of chosen)
      if (detail) ready.set(detail.product.sku, [...(ready.get(detail.product.sku) ?? []), file]);
    setChosen(chosen.filter(({ detail }) => detail === null));
    return ready;
  };
  return { chosen, setChosen, refused, task, add, takeReady };
}
