import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestApi } from "./test-api.js";

let t: Awaited<ReturnType<typeof openTestApi>>;
beforeEach(async () => {
  t = await openTestApi({});
});
afterEach(() => t.api.stop());

/** Sends bytes as they are, which `fetch` would not, and gives the whole answer. */
async function raw(request: string): Promise<{ status: number; head: string; body: string }> {
  const socket = connect(Number(new URL(t.url).port), "127.0.0.1");
  socket.end(request);
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body };
}

const lines = (...of: string[]) => `${of.join("\r\n")}\r\n\r\n`;
const local = ["host: 127.0.0.1", "connection: close"];
/** Anything that tells how we are built: stack frames, files, packages. */
const inner = /\bat .+:\d+:\d+|node_modules|\.[jt]s\b|\/(home|tmp|work|usr|opt|var)\//;

const cases: [situation: string, request: string, status: number][] = [
  ["a path that is no URL", lines("GET /%zz HTTP/1.1", ...local), 400],
  ["a path with a NUL", lines("GET /a%00b HTTP/1.1", ...local), 404],
  ["a method that nothing answers", lines("DELETE /api/lane HTTP/1.1", ...local), 404],
  [
    "a body where none is taken",
    `${lines("POST /api/lane HTTP/1.1", ...local, "content-type: application/json", "content-length: 5")}{"a":`,
    400,
  ],
  [
    "a body of no known kind",
    `${lines("POST /api/lane HTTP/1.1", ...local, "content-type: x/y", "content-length: 1")}x`,
    404,
  ],
  ["no upgrade where one is needed", lines("GET /ws HTTP/1.1", ...local), 426],
  ["a query of the wrong kind", lines("GET /api/products?limit=many HTTP/1.1", ...local), 400],
  ["a path out of the page's folder", lines("GET /..%2f..%2fetc%2fpasswd HTTP/1.1", ...local), 404],
  ["no HTTP at all", "hello\r\n\r\n", 400],
];

describe("what does not fit is answered in our own words, without a look inside", () => {
  it.each(cases)("%s", async (_situation, request, status) => {
    const answer = await raw(request);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toMatch(inner);
    expect(JSON.parse(answer.body)).toEqual({
      code: expect.stringMatching(/^[A-Z_]+$/),
      message: expect.any(String),
      fix: expect.any(String),
    });
  });
});

it("a fault inside is answered without its reason, which is the log's", async () => {
  t.lane.metrics = () => Promise.reject(new RangeError("ENOENT /var/lib/tillsight/x at read (a.ts:1:2)"));
  const answer = await raw(lines("GET /metrics HTTP/1.1", ...local));
  expect(answer.status).toBe(500);
  expect(JSON.parse(answer.body)).toMatchObject({ code: "INTERNAL", message: "that did not work" });
  expect(answer.body).not.toMatch(inner);
});
