import {
  Beat,
  Birth,
  FleetCommand,
  Registration,
  RemoteSettings,
  ReportedConfig,
} from "@tillsight/contracts";
import { z } from "zod";
import { ModelRecord } from "../../fleet/models/record.js";
import { RolloutPlan, RolloutState } from "../../fleet/rollout/plan.js";
import { fleetSchemas } from "../fleet.js";
import { rolloutSchemas } from "../fleet-rollouts.js";
import { NewestQuery } from "../paging.js";
import { At, pageOf, type RouteDocs } from "./route-doc.js";

const Terminal = z.strictObject({
  ...{ store: z.string(), terminal: z.string(), label: z.string(), group: z.string() },
  presence: z.enum(["never", "online", "stale", "offline"]),
  ...{ lastSeen: At.nullable(), credential: z.enum(["none", "active", "revoked"]) },
  ...{ registeredAt: At.nullable(), session: z.int(), sequence: z.int() },
  ...{ birth: Birth.nullable(), beat: Beat.nullable(), pictureAt: At.nullable() },
  settings: z.strictObject({
    version: z.int(),
    desired: z.record(z.string(), z.unknown()),
    reported: ReportedConfig.nullable(),
  }),
});
const CommandRecord = z.strictObject({
  ...{ id: z.uuid(), store: z.string(), terminal: z.string(), command: FleetCommand, actor: z.string() },
  ...{ createdAt: At, deadline: At, answeredAt: At.nullable(), detail: z.string() },
  state: z.enum(["waiting", "done", "failed", "expired"]),
});
const Rollout = z.strictObject({
  ...{ id: z.uuid(), plan: RolloutPlan, state: RolloutState, actor: z.string(), createdAt: At },
});
const { Lane } = fleetSchemas;
const Id = rolloutSchemas.Id;

export const fleetDocs: RouteDocs = {
  "GET /api/fleet/terminals": {
    summary: "Terminals: presence, LSN, networks, health, settings",
    ...{ query: fleetSchemas.ListQuery, answer: pageOf("terminals", Terminal) },
  },
  "GET /api/fleet/terminals/:store/:terminal": { summary: "One terminal", params: Lane, answer: Terminal },
  "PATCH /api/fleet/terminals/:store/:terminal": {
    summary: "Another label or group",
    ...{ params: Lane, body: fleetSchemas.Describe, answer: Terminal },
  },
  "GET /api/fleet/terminals/:store/:terminal/picture": {
    summary: "The last picture that was asked for",
    ...{ params: Lane, answer: ["image/jpeg"] },
  },
  "POST /api/fleet/terminals/:store/:terminal/commands": {
    summary:
      "Have a terminal restart, send a picture, or go into service; an id that is known is answered with 200",
    ...{ params: Lane, body: fleetSchemas.Command, status: 201, answer: CommandRecord },
  },
  "GET /api/fleet/terminals/:store/:terminal/commands": {
    summary: "A terminal's newest commands",
    ...{ params: Lane, query: NewestQuery, answer: pageOf("commands", CommandRecord) },
  },
  "GET /api/fleet/commands/:id": { summary: "One command", params: Id, answer: CommandRecord },
  "PUT /api/fleet/terminals/:store/:terminal/settings": {
    summary: "Settings that a terminal is to have",
    ...{ params: Lane, body: RemoteSettings, guarded: true },
    answer: z.strictObject({ version: z.int(), desired: RemoteSettings }),
  },
  "POST /api/fleet/registrations": {
    summary: "A one-time code for a terminal",
    ...{ body: fleetSchemas.Invitation, status: 201 },
    answer: z.strictObject({ code: z.string(), expiresAt: At, store: z.string(), terminal: z.string() }),
  },
  "POST /api/register": {
    summary: "A terminal redeems its code",
    ...{ body: fleetSchemas.Redeem, answer: Registration },
  },
  "DELETE /api/fleet/terminals/:store/:terminal/credential": {
    summary: "A terminal is let in no more",
    ...{ params: Lane, answer: z.strictObject({ revoked: z.boolean() }) },
  },
  "GET /api/fleet/mosquitto/passwords": {
    summary: "Mosquitto's password file for the registered terminals",
    answer: ["text/plain"],
  },
  "GET /api/fleet/mosquitto/acl": {
    summary: "Mosquitto's rights for the registered terminals",
    answer: ["text/plain"],
  },
  "GET /api/models": {
    summary: "Networks that rollouts can bring to lanes, newest first",
    answer: z.strictObject({ models: z.array(ModelRecord) }),
  },
  "POST /api/models": {
    summary: "Add a detector or print network: its manifest and its weights",
    ...{ body: ["multipart/form-data"], status: 201, answer: ModelRecord },
  },
  "GET /api/fleet/rollouts": {
    summary: "The newest rollouts",
    ...{ query: rolloutSchemas.List, answer: z.strictObject({ rollouts: z.array(Rollout) }) },
  },
  "GET /api/fleet/rollouts/:id": {
    summary: "One rollout, and how each terminal fares",
    params: Id,
    answer: Rollout.extend({ reports: z.record(z.string(), z.enum(["pending", "succeeded", "failed"])) }),
  },
  "POST /api/fleet/rollouts": {
    summary: "Draft a rollout",
    ...{ body: rolloutSchemas.Body, status: 201, answer: Rollout },
  },
  "POST /api/fleet/rollouts/:id/:action": {
    summary: "Start, pause, resume or take back a rollout",
    ...{ params: rolloutSchemas.Action, answer: Rollout },
  },
};
