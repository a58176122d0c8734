import type { CatalogRequest, NodeName } from "@tillsight/contracts";

export interface Asked {
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly request: CatalogRequest;
}

/** Lanes that are answered at once. */
const atOnce = 8;

/**
 * Answers lanes a few at a time, in the order in which they asked, so that a chain that comes back after a power
 * cut does not fill headquarters' memory. A lane that asks again before its turn is asked for its newest wish only.
 */
export class AnswerQueue {
  readonly #answer: (asked: Asked) => Promise<void>;
  readonly #waiting = new Map<string, Asked>();
  readonly #running = new Set<Promise<void>>();

  /** @param answer must not reject */
  constructor(answer: (asked: Asked) => Promise<void>) {
    this.#answer = answer;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  add(asked: Asked): void {
    const key = `${asked.store}/${asked.terminal}/${asked.request.want}`;
    // A map keeps the place of a key that is there: nobody loses his turn by asking again.
    this.#waiting.set(key, merge(this.#waiting.get(key), asked));
    this.#next();
  }

  clear(): void {
    this.#waiting.clear();
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #next(): void {
    for (const [key, asked] of this.#waiting) {
      if (this.#running.size >= atOnce) return;
      this.#waiting.delete(key);
      const work = this.#answer(asked).finally(() => {
        this.#running.delete(work);
        this.#next();
      });
      this.#running.add(work);
    }
  }
}

/** Chunks are asked for while others are still on their way: both count. */
function merge(before: Asked | undefined, asked: Asked): Asked {
  const [one, two] = [before?.request, asked.request];
  if (one?.want === "chunks" && two.want === "chunks")
    return { ...asked, request: { ...two, chunks: union(one.chunks, two.chunks) } };
  if (one?.want === "modelChunks" && two.want === "modelChunks" && one.id === two.id)
    return { ...asked, request: { ...two, chunks: union(one.chunks, two.chunks) } };
  return asked;
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
