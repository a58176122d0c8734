import { z } from "zod";

/** What the API's description says of one route, with the schemas that the route itself checks with. */
export interface RouteDoc {
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** A schema of JSON, or media types of files. */
  readonly body?: z.ZodType | readonly string[];
  /** False: the body may be left out. */
  readonly bodyRequired?: false;
  /** Of success, 200 unless it is said. */
  readonly status?: 200 | 201 | 202 | 204 | 101;
  /** A schema of JSON, or media types; left out: nothing. */
  readonly answer?: z.ZodType | readonly string[];
  /** `If-Match` and `If-None-Match` are heeded. */
  readonly guarded?: true;
}

export type RouteDocs = Readonly<Record<string, RouteDoc>>;

/** An instant as answers have it. */
export const At = z.iso.datetime();

/** One page: `next` is the `after` of the next one, null when there is none. */
export const pageOf = <K extends string, T extends z.ZodType>(key: K, item: T) =>
  z.strictObject({
    [key]: z.array(item),
    next: z
      .union([z.string(), z.int()])
      .nullable()
      .meta({ description: "`after` of the next page; null: there is none" }),
  });

/** LSN of the catalog after a write; `changed` is false when everything was so already. */
export const Change = z.strictObject({ lsn: z.int(), changed: z.boolean() });
