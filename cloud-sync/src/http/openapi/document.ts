import { z } from "zod";
import { Problem } from "../problem.js";
import { type RouteAccess, routeAccess } from "../route-access.js";
import { accessDocs } from "./access-docs.js";
import { catalogDocs } from "./catalog-docs.js";
import { enrolDocs } from "./enrol-docs.js";
import { fleetDocs } from "./fleet-docs.js";
import type { RouteDoc, RouteDocs } from "./route-doc.js";
import { salesDocs } from "./sales-docs.js";

/** Routes by what they are about, in the order of the page. */
const groups: Readonly<Record<string, RouteDocs>> = {
  ...{ Access: accessDocs, Catalog: catalogDocs, Enrolment: enrolDocs, Fleet: fleetDocs, Sales: salesDocs },
  Description: {
    "GET /api/openapi.json": { summary: "This description", answer: ["application/json"] },
    "GET /api/docs": { summary: "It as a page", answer: ["text/html"] },
  },
};

/** Every route's description; a test holds it to `routeAccess`. */
export const routeDocs: RouteDocs = Object.assign({}, ...Object.values(groups));

type Json = Readonly<Record<string, unknown>>;
export interface Operation extends Json {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly "x-role": RouteAccess;
}
export interface OpenApi extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is. */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

const contentOf = (of: z.ZodType | readonly string[], io: "input" | "output"): Json =>
  of instanceof z.ZodType
    ? { "application/json": { schema: jsonSchema(of, io) } }
    : Object.fromEntries(of.map((type) => [type, { schema: { type: "string" } }]));

function parameters(schema: z.ZodObject | undefined, where: "path" | "query"): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, own]) => ({
    ...{ name, in: where, required: where === "path" || required.includes(name), schema: own },
    ...(own.description === undefined ? {} : { description: own.description }),
  }));
}

const header = (name: string, description: string): Json => ({
  ...{ name, in: "header", description, required: false, schema: { type: "string" } },
});

function headers(method: string, access: RouteAccess, doc: RouteDoc): Json[] {
  if (method === "get") return [header("If-None-Match", "ETag that the caller has: 304 when it is still so")];
  return [
    ...(access === "open"
      ? []
      : [
          header(
            "Idempotency-Key",
            "16 to 200 characters; the same key is done once and answered again for a day",
          ),
          header("X-CSRF-Token", "In a session: its csrfToken"),
        ]),
    ...(doc.guarded
      ? [header("If-Match", "ETag that the change is meant for: 412 when it has changed")]
      : []),
  ];
}

const problem = { $ref: "#/components/responses/Problem" };

function operation(tag: string, method: string, route: string, doc: RouteDoc): Operation {
  const access = routeAccess[route] ?? "admin";
  const { status = 200, body, answer } = doc;
  return {
    ...{ summary: doc.summary, tags: [tag], "x-role": access },
    description: access === "open" ? "For everybody." : `Needs the role ${access}.`,
    parameters: [
      ...parameters(doc.params, "path"),
      ...parameters(doc.query, "query"),
      ...headers(method, access, doc),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: doc.bodyRequired ?? true, content: contentOf(body, "input") } }),
    responses: {
      [status]: {
        description: "Done",
        ...(answer === undefined ? {} : { content: contentOf(answer, "output") }),
      },
      default: problem,
    },
    security: access === "open" ? [] : [{ session: [] }, { token: [] }],
  };
}

/** The whole API, from the schemas that its routes check with. */
export function openApi(version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [tag, docs] of Object.entries(groups))
    for (const [route, doc] of Object.entries(docs)) {
      const [name = "", path = ""] = route.split(" ");
      const method = name.toLowerCase();
      const at = path.replace(/:(\w+)/g, "{$1}");
      paths[at] = { ...paths[at], [method]: operation(tag, method, route, doc) };
    }
  return {
    openapi: "3.1.0",
    info: {
      ...{ title: "Tillsight headquarters", version },
      description:
        "Errors are problem+json (RFC 9457) with what to do about them. Lists have `limit` and `after`; `next` of an answer is the `after` of the next page.",
    },
    tags: Object.keys(groups).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "tillsight_session" },
        token: { type: "http", scheme: "bearer" },
      },
      responses: {
        Problem: {
          description: "It was not done; `type` is a code of docs/errors.md",
          content: { "application/problem+json": { schema: jsonSchema(Problem, "output") } },
        },
      },
    },
  };
}
