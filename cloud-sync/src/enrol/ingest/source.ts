/** One picture that a source has, and what its product is called there. */
export type IngestItem =
  | {
      readonly kind: "photo";
      /** Path, for people. */
      readonly source: string;
      /** SKUs or GTINs that it may be of, the likeliest first. */
      readonly names: readonly string[];
      /** Read when it is its turn: a source may be larger than memory. */
      bytes(): Promise<Uint8Array>;
    }
  | {
      readonly kind: "link";
      readonly source: string;
      readonly names: readonly string[];
      readonly url: string;
    }
  /** Something that was left out, and why. */
  | { readonly kind: "problem"; readonly source: string; readonly message: string };

/** Where pictures come from: a folder, a ZIP, a list of links, or what else there will be. */
export type Ingestion = AsyncIterable<IngestItem>;
