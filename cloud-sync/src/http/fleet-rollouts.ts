import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { RolloutStage, RolloutTarget } from "../fleet/rollout/plan.js";
import { actorOf } from "./authenticate.js";
import { Group } from "./fleet-names.js";
import type { ServerParts } from "./server.js";

const { name, terminals: _, ...thresholds } = RolloutStage.shape;
const Body = z.strictObject({
  name: z.string().min(1).max(120),
  target: RolloutTarget,
  onError: z.enum(["pause", "rollBack"]).default("rollBack"),
  stages: z
    .array(
      z.strictObject({
        name,
        groups: z.array(z.union([Group, z.literal("*")])).default([]),
        terminals: z.array(z.string()).default([]),
        ...thresholds,
      }),
    )
    .min(1)
    .max(20),
});
const Id = z.object({ id: z.uuid() });
const Action = z.object({ id: z.uuid(), action: z.enum(["start", "pause", "resume", "roll-back"]) });
const List = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });

export const rolloutSchemas = { Body, Id, Action, List };

/** `/api/fleet/rollouts`. */
export function rolloutRoutes(app: FastifyInstance, { rollouts }: ServerParts): void {
  app.get("/api/fleet/rollouts", async (request) => ({
    rollouts: await rollouts.list(List.parse(request.query).limit),
  }));
  app.get("/api/fleet/rollouts/:id", (request) => rollouts.show(Id.parse(request.params).id));
  app.post("/api/fleet/rollouts", async (request, reply) => {
    const made = await rollouts.create(Body.parse(request.body), actorOf(request));
    return reply.code(201).send(made);
  });
  app.post("/api/fleet/rollouts/:id/:action", (request) => {
    const { id, action } = Action.parse(request.params);
    return rollouts.act(id, action === "roll-back" ? "rollBack" : action, actorOf(request));
  });
}
