import type { FastifyInstance } from "fastify";
import sharp from "sharp";
import { z } from "zod";
import { maxPixels } from "../enrol/decode.js";
import { photoKind } from "../enrol/photo.js";
import type { ServerParts } from "./server.js";

const Params = z.object({
  name: z.string().regex(/^[0-9a-f]{64}\.(jpeg|png|webp)$/, "the name of a picture"),
});
const Query = z.strictObject({
  /** Longer side, pixels; left out, the picture as it was sent. */
  size: z.coerce.number().int().min(32).max(1600).optional(),
});

export const photoSchemas = { Params, Query };

/** `GET /api/photos/NAME`: pictures as they were sent, or upright and small for a page. */
export function photoRoutes(app: FastifyInstance, { photos }: ServerParts): void {
  app.get("/api/photos/:name", async (request, reply) => {
    const { name } = Params.parse(request.params);
    const { size } = Query.parse(request.query);
    const bytes = await photos.get(`photo/${name}`);
    // What somebody uploaded is shown as a picture and never as anything else; its name is its content.
    reply
      .header("x-content-type-options", "nosniff")
      .header("content-security-policy", "default-src 'none'; sandbox")
      .header("cache-control", "private, max-age=31536000, immutable");
    if (size === undefined) return reply.type(`image/${photoKind(bytes) ?? "jpeg"}`).send(Buffer.from(bytes));
    const small = await sharp(bytes, { limitInputPixels: maxPixels })
      .rotate()
      .resize({ width: size, height: size, fit: "inside", withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer();
    return reply.type("image/webp").send(small);
  });
}
