import { z } from "zod";

/** Of lists that begin with the newest and whose rows have ids. */
export const NewestQuery = z.strictObject({
  after: z.uuid().optional().meta({ description: "The `next` of the page before" }),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});

/** The `after` of the next page; null when this one is the last. */
export const nextOf = (page: readonly { readonly id: string }[], limit: number): string | null =>
  page.length === limit ? (page.at(-1)?.id ?? null) : null;
