import {
  FleetCommand,
  headquartersRights,
  NodeName,
  type Registration,
  RemoteSettings,
} from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { NotFoundError } from "../errors.js";
import { TryLimit } from "../fleet/try-limit.js";
import { mosquittoAcl } from "../publish/rights.js";
import { actorOf } from "./authenticate.js";
import { Group } from "./fleet-names.js";
import { rolloutRoutes } from "./fleet-rollouts.js";
import { idOf } from "./idempotency.js";
import { NewestQuery, nextOf } from "./paging.js";
import type { ServerParts } from "./server.js";

const Lane = z.object({ store: NodeName, terminal: NodeName });
const Label = z.string().max(120);

const Invitation = z.strictObject({
  store: NodeName,
  terminal: NodeName,
  label: Label.default(""),
  group: Group.default(""),
  hours: z.number().min(0.1).max(168).default(24),
});
const Redeem = z.strictObject({ code: z.string().min(1).max(40) });
const Describe = z.strictObject({ label: Label.optional(), group: Group.optional() });
const Command = z.strictObject({
  command: FleetCommand,
  /** Until it counts as expired. */
  seconds: z.number().min(1).max(604_800).default(60),
  /** The same id again does nothing new. */
  id: z.uuid().optional(),
});
const ListQuery = z.strictObject({
  store: NodeName.optional(),
  group: Group.optional(),
  after: z
    .string()
    .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "the `next` of the page before")
    .default("/"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const fleetSchemas = { Lane, Invitation, Redeem, Describe, Command, ListQuery };

/** `/api/fleet` and `/api/register`. */
export function fleetRoutes(app: FastifyInstance, parts: ServerParts): void {
  terminalRoutes(app, parts);
  orderRoutes(app, parts);
  credentialRoutes(app, parts);
  rolloutRoutes(app, parts);
}

const laneOf = (request: FastifyRequest) => Lane.parse(request.params);

function terminalRoutes(app: FastifyInstance, { fleet, objects }: ServerParts): void {
  app.get("/api/fleet/terminals", async (request) => {
    const query = ListQuery.parse(request.query);
    const terminals = await fleet.terminals.list(query, new Date());
    const last = terminals.length === query.limit ? terminals.at(-1) : undefined;
    return { terminals, next: last ? `${last.store}/${last.terminal}` : null };
  });

  app.get("/api/fleet/terminals/:store/:terminal", (request) =>
    fleet.terminals.require(laneOf(request), new Date()),
  );

  app.patch("/api/fleet/terminals/:store/:terminal", async (request) => {
    const lane = laneOf(request);
    await fleet.terminals.describe(lane, Describe.parse(request.body));
    return fleet.terminals.require(lane, new Date());
  });

  app.get("/api/fleet/terminals/:store/:terminal/picture", async (request, reply) => {
    const lane = laneOf(request);
    const picture = await fleet.terminals.picture(lane);
    if (!picture)
      throw new NotFoundError(
        `${lane.store}/${lane.terminal} has sent no picture yet`,
        'Ask for one: POST …/commands with {"command":{"do":"picture"}}.',
      );
    reply
      .type("image/jpeg")
      .header("cache-control", "no-store")
      .header("last-modified", picture.at.toUTCString());
    return reply.send(Buffer.from(await objects.get(picture.object)));
  });
}

function orderRoutes(app: FastifyInstance, { fleet, access }: ServerParts): void {
  app.post("/api/fleet/terminals/:store/:terminal/commands", async (request, reply) => {
    const { command, seconds, id = idOf(request) } = Command.parse(request.body);
    const known = await fleet.commands.find(id, new Date());
    if (known) return known;
    return reply.code(201).send(await fleet.command(laneOf(request), command, seconds, actorOf(request), id));
  });

  app.get("/api/fleet/terminals/:store/:terminal/commands", async (request) => {
    const query = NewestQuery.parse(request.query);
    const commands = await fleet.commands.list(laneOf(request), query, new Date());
    return { commands, next: nextOf(commands, query.limit) };
  });

  app.get("/api/fleet/commands/:id", async (request) => {
    const { id } = z.object({ id: z.uuid() }).parse(request.params);
    const command = await fleet.commands.find(id, new Date());
    if (!command) throw new NotFoundError(`there is no command ${id}`, "See …/commands of its terminal.");
    return command;
  });

  app.put("/api/fleet/terminals/:store/:terminal/settings", async (request) => {
    const settings = RemoteSettings.parse(request.body);
    const ifMatch = /^"?(\d{1,9})"?$/.exec(request.headers["if-match"] ?? "")?.[1];
    const lane = laneOf(request);
    const version = await fleet.desire(lane, settings, ifMatch === undefined ? undefined : Number(ifMatch));
    await access.note({
      ...{ kind: "terminal-settings", actor: actorOf(request), subject: `${lane.store}/${lane.terminal}` },
      ...{ address: request.ip, detail: { version, settings } },
    });
    return { version, desired: settings };
  });
}

function credentialRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { fleet, credentials, catalog, forLanes, access } = parts;
  const tries = new TryLimit({ perMinute: 10 });

  app.post("/api/fleet/registrations", async (request, reply) => {
    const { hours, ...invitation } = Invitation.parse(request.body);
    if (!(await catalog.stores()).some(({ name }) => name === invitation.store))
      throw new NotFoundError(
        `there is no store ${invitation.store}`,
        `Make it: PUT /api/stores/${invitation.store}.`,
      );
    const made = await credentials.invite({ ...invitation, hours, actor: actorOf(request) }, new Date());
    const subject = `${invitation.store}/${invitation.terminal}`;
    await access.note({ kind: "terminal-invited", actor: actorOf(request), subject, address: request.ip });
    return reply.code(201).send({ ...made, store: invitation.store, terminal: invitation.terminal });
  });

  // The code is the authority: whoever registers has no token.
  app.post("/api/register", async (request) => {
    const { code } = Redeem.parse(request.body);
    const credential = await tries.guard(() => credentials.redeem(code, new Date()));
    await parts.credentialsChanged();
    const subject = `${credential.store}/${credential.terminal}`;
    await access.note({ kind: "terminal-registered", actor: subject, subject, address: request.ip });
    return { ...credential, ...forLanes } satisfies Registration;
  });

  app.delete("/api/fleet/terminals/:store/:terminal/credential", async (request) => {
    const lane = laneOf(request);
    await fleet.terminals.require(lane, new Date());
    const revoked = await credentials.revoke(lane, new Date());
    if (revoked) await parts.credentialsChanged(lane);
    const subject = `${lane.store}/${lane.terminal}`;
    if (revoked)
      await access.note({ kind: "terminal-revoked", actor: actorOf(request), subject, address: request.ip });
    return { revoked };
  });

  for (const file of ["passwords", "acl"] as const)
    app.get(`/api/fleet/mosquitto/${file}`, async (_, reply) => {
      const { passwords, users } = await credentials.brokerUsers();
      const acl = mosquittoAcl([{ username: "headquarters", rights: headquartersRights }, ...users]);
      return reply
        .type("text/plain; charset=utf-8")
        .send(file === "passwords" ? passwords.map((line) => `${line}\n`).join("") : acl);
    });
}
