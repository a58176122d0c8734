import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { Client } from "./client.js";
import { readImport } from "./imports.js";
import { RefusedError, StrangeAnswerError, UnreachableError } from "./problem.js";
import { SessionKeeper } from "./session-keeper.js";

type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | "cut";
interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}

/** Answers in this order, and keeps what was asked. */
function server(...replies: Reply[]) {
  const sent: Sent[] = [];
  const fetcher = vi.fn(async (url: string, init: RequestInit) => {
    sent.push({ url, method: init.method ?? "GET", headers: init.headers as Record<string, string> });
    const reply = replies.shift() ?? "cut";
    if (reply === "cut") throw new TypeError("network");
    return new Response(JSON.stringify(reply.body ?? null), {
      status: reply.status,
      headers: reply.headers ?? {},
    });
  });
  return { sent, fetcher: fetcher as unknown as typeof fetch };
}

const problem = (status: number, type: string) => ({
  status,
  body: { type, title: "no", status, fix: "do", errors: [{ field: "name", message: "short" }] },
});
const session = {
  status: 200,
  body: { user: { name: "anna", role: "editor" }, csrfToken: "c1", expiresAt: "2026-01-01T00:00:00Z" },
};
const Ok = z.object({ ok: z.boolean() });
const done = { status: 200, body: { ok: true } };

function client(...replies: Reply[]) {
  const { sent, fetcher } = server(...replies);
  let ids = 0;
  const signInAgain = vi.fn(async () => {});
  return { sent, signInAgain, hq: new Client({ fetch: fetcher, newId: () => `id-${ids++}`, signInAgain }) };
}

describe("a call of headquarters", () => {
  it("that was cut is made again under the same idempotency key", async () => {
    const { hq, sent } = client("cut", done);
    hq.csrfToken = "c";
    await hq.ask("PUT", "/x", { schema: Ok, body: { a: 1 } });
    expect(sent.map(({ headers }) => headers["idempotency-key"])).toEqual(["id-0", "id-0"]);
    expect(sent[0]?.headers).toMatchObject({ "x-csrf-token": "c", "content-type": "application/json" });
  });

  it("that nobody answers says so, after a while", async () => {
    const { hq, sent } = client();
    await expect(hq.get("/x", Ok)).rejects.toThrow(UnreachableError);
    expect(sent).toHaveLength(3);
    expect(sent[0]?.headers).not.toHaveProperty("idempotency-key");
  });

  it("that is refused carries what is wrong with which field", async () => {
    const { hq } = client(problem(400, "INVALID_INPUT"));
    const error = await hq.ask("PUT", "/x").catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ code: "INVALID_INPUT", fix: "do", errors: [{ field: "name" }] });
  });

  it("that a proxy answers with a page of its own is refused with its status", async () => {
    const { hq } = client({ status: 502, body: "oops" });
    await expect(hq.ask("PUT", "/x")).rejects.toMatchObject({ code: "HTTP_502", status: 502 });
  });

  it("that is answered in an unknown way is not believed", async () => {
    const { hq } = client({ status: 200, body: { ok: "yes" } });
    await expect(hq.get("/x", Ok)).rejects.toThrow(StrangeAnswerError);
  });

  it("that comes too often waits as long as it is told to", async () => {
    const { hq, sent } = client({ ...problem(429, "TOO_MANY"), headers: { "retry-after": "0.05" } }, done);
    expect(await hq.get("/x", Ok)).toEqual({ ok: true });
    expect(sent).toHaveLength(2);
  });

  it.each([
    ["whose session has ended", problem(401, "UNAUTHORIZED")],
    ["whose token is of an older session", problem(403, "CSRF")],
  ])("%s waits for somebody to sign in and is then made", async (_, reply) => {
    const { hq, signInAgain } = client(reply, done);
    expect((await hq.ask("PUT", "/x", { schema: Ok })).data).toEqual({ ok: true });
    expect(signInAgain).toHaveBeenCalledOnce();
  });

  it("that may be refused for want of a session is answered", async () => {
    const { hq, signInAgain } = client(problem(401, "UNAUTHORIZED"));
    await expect(hq.ask("GET", "/x", { open: true })).rejects.toMatchObject({ status: 401 });
    expect(signInAgain).not.toHaveBeenCalled();
  });

  it("is given up when a server takes no session at all", async () => {
    const { hq, signInAgain } = client(...Array.from({ length: 20 }, () => problem(401, "UNAUTHORIZED")));
    await expect(hq.ask("PUT", "/x")).rejects.toMatchObject({ status: 401 });
    expect(signInAgain.mock.calls.length).toBeLessThan(10);
  });
});

describe("a session that ends in the middle of an edit", () => {
  it("lets the save wait, and saves once somebody has signed in again", async () => {
    const { sent, fetcher } = server(
      session,
      problem(401, "UNAUTHORIZED"),
      problem(401, "UNAUTHORIZED"),
      session,
      done,
    );
    const keeper = new SessionKeeper(fetcher);
    await keeper.check();
    const saving = keeper.client.ask("PUT", "/x", { schema: Ok, body: {} });
    await vi.waitFor(() => expect(keeper.state.is).toBe("lost"));
    await keeper.signIn("anna", "secret");
    expect((await saving).data).toEqual({ ok: true });
    expect(keeper.state.is).toBe("open");
    expect(sent.map(({ method, url }) => `${method} ${url}`).at(-1)).toBe("PUT /x");
  });

  it("is renewed without a question when another tab has signed in", async () => {
    const renewed = { ...session, body: { ...session.body, csrfToken: "c2" } };
    const { sent, fetcher } = server(session, problem(403, "CSRF"), renewed, done);
    const keeper = new SessionKeeper(fetcher);
    await keeper.check();
    await keeper.client.ask("PUT", "/x", { schema: Ok });
    expect(keeper.state.is).toBe("open");
    expect(sent.at(-1)?.headers["x-csrf-token"]).toBe("c2");
  });

  it("stays open while headquarters has not ended it", async () => {
    const { fetcher } = server(session, problem(503, "DOWN"), problem(401, "UNAUTHORIZED"));
    const keeper = new SessionKeeper(fetcher);
    await keeper.signIn("anna", "a long password");
    await expect(keeper.signOut()).rejects.toThrow(RefusedError);
    expect(keeper.state.is).toBe("open");
    await keeper.signOut();
    expect(keeper.state.is).toBe("none");
  });

  it("ends for good when nobody signs in", async () => {
    const { fetcher } = server(session, problem(401, "UNAUTHORIZED"), problem(401, "UNAUTHORIZED"));
    const keeper = new SessionKeeper(fetcher);
    await keeper.check();
    const saving = keeper.client.ask("PUT", "/x").catch((error: unknown) => error);
    await vi.waitFor(() => expect(keeper.state.is).toBe("lost"));
    keeper.giveUp();
    expect(await saving).toMatchObject({ code: "STOPPED" });
    expect(keeper.state.is).toBe("none");
  });
});

describe("the progress of an import", () => {
  it("is none as long as headquarters does not know of it", async () => {
    expect(await readImport(client(problem(404, "NOT_FOUND")).hq, "1")).toBeNull();
  });

  const troubles: [situation: string, replies: Reply[], code: string][] = [
    ["that headquarters fails to tell", [problem(500, "INTERNAL")], "INTERNAL"],
    ["that this user may not see", [problem(403, "FORBIDDEN")], "FORBIDDEN"],
    ["that nobody answers for", [], "UNREACHABLE"],
    ["that makes no sense", [{ status: 200, body: { lines: "many" } }], "STRANGE_ANSWER"],
  ];
  it.each(troubles)("%s is trouble to be shown", async (_, replies, code) => {
    await expect(readImport(client(...replies).hq, "1")).rejects.toMatchObject({ code });
  });
});
