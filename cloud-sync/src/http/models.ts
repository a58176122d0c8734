import { InvalidInputError } from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { maxWeightsBytes } from "../fleet/models/shelf.js";
import { actorOf } from "./authenticate.js";
import type { ServerParts } from "./server.js";

/** `/api/models`: networks that rollouts bring to lanes. */
export function modelRoutes(app: FastifyInstance, { models, access }: ServerParts): void {
  app.get("/api/models", async () => ({ models: await models.list() }));

  app.post("/api/models", async (request, reply) => {
    const { manifest, weights } = await partsOf(request);
    const model = await models.add(manifest, weights, actorOf(request), new Date());
    const { id, licence } = model;
    await access.note({
      ...{
        kind: "model-added",
        actor: actorOf(request),
        subject: id,
        address: request.ip,
        detail: { licence },
      },
    });
    return reply.code(201).send(model);
  });
}

async function partsOf(request: FastifyRequest): Promise<{ manifest: string; weights: Uint8Array }> {
  const found = new Map<string, Uint8Array>();
  if (request.isMultipart())
    for await (const part of request.parts({ limits: { files: 2, fileSize: maxWeightsBytes } }))
      found.set(
        part.fieldname,
        part.type === "file" ? await part.toBuffer() : Buffer.from(String(part.value)),
      );
  const [manifest, weights] = [found.get("manifest"), found.get("weights")];
  if (manifest && weights) return { manifest: Buffer.from(manifest).toString("utf8"), weights };
  throw new InvalidInputError(
    "a network is sent as two parts: manifest and weights",
    "Send multipart/form-data: curl -F manifest=@detector.json -F weights=@detector.onnx …/api/models",
  );
}
