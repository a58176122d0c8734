import { z } from "zod";

/** A model's id and the first digits of its weights' checksum: weights trained anew are another network. */
export const NetworkId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}@[0-9a-f]{11}$/, "a network's id, such as detector-3@0dc0d613d70");
export type NetworkId = z.infer<typeof NetworkId>;
