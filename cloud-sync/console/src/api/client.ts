import type { z } from "zod";
import { type RefusedError, refusalOf, StrangeAnswerError, UnreachableError } from "./problem.js";
import { sleep } from "./sleep.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Asking<S extends z.ZodType> {
  readonly schema?: S;
  /** An object goes as JSON, everything else as it is. */
  readonly body?: object | string | Blob | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** True: a 401 is an answer, not a session that ended. */
  readonly open?: boolean;
}

export interface Answer<T> {
  readonly data: T;
  readonly etag: string | null;
  readonly status: number;
}

export interface ClientParts {
  readonly fetch: typeof fetch;
  readonly newId: () => string;
  /** The session has ended: resolves when somebody signed in again, rejects when nobody wants to. */
  readonly signInAgain: (signal: AbortSignal | undefined) => Promise<void>;
}

/** Times that a call is made again by itself: each has an idempotency key, so that twice is once. */
const repeats = 2;
/** A server that refuses a new session as well is asked no more. */
const renewalsAtMost = 5;
/** What a server may ask one to wait at most, ms. */
const longestWaitMs = 30_000;

/** Headquarters' HTTP API on the page's own origin. */
export class Client {
  /** Of the session; every change needs it. */
  csrfToken: string | null = null;
  readonly #parts: ClientParts;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** @throws RefusedError, UnreachableError, StrangeAnswerError */
  async ask<S extends z.ZodType>(
    method: Method,
    path: string,
    asking: Asking<S> = {},
  ): Promise<Answer<z.infer<S>>> {
    const key = this.#parts.newId();
    for (let failures = 0, renewals = 0; ; ) {
      const response = await this.#send(method, path, asking, key).catch((error: unknown) => error);
      if (!(response instanceof Response)) {
        if (asking.signal?.aborted || ++failures > repeats) throw response;
        await sleep(400 * failures, asking.signal);
        continue;
      }
      if (response.ok) return await read(response, asking.schema);
      const refusal = await refusalOfResponse(response);
      if (endsSession(refusal) && !asking.open && ++renewals <= renewalsAtMost)
        await this.#parts.signInAgain(asking.signal);
      else if (comesTooSoon(refusal) && !asking.open && ++failures <= repeats)
        await sleep(waitOf(response), asking.signal);
      else throw refusal;
    }
  }

  async get<S extends z.ZodType>(path: string, schema: S, signal?: AbortSignal): Promise<z.infer<S>> {
    return (await this.ask("GET", path, { schema, signal })).data;
  }

  /** Headers of a change, also for an upload that goes another way. */
  headers(method: Method, key: string): Record<string, string> {
    if (method === "GET") return {};
    const csrf = this.csrfToken === null ? {} : { "x-csrf-token": this.csrfToken };
    return { "idempotency-key": key, ...csrf };
  }

  async #send(method: Method, path: string, asking: Asking<z.ZodType>, key: string): Promise<Response> {
    const { body, signal } = asking;
    const asIs = typeof body === "string" || body instanceof Blob || body instanceof FormData;
    const json = body === undefined || asIs ? {} : { "content-type": "application/json" };
    try {
      return await this.#parts.fetch(path, {
        ...{ method, cache: "no-store", credentials: "same-origin" },
        headers: { accept: "application/json", ...json, ...this.headers(method, key), ...asking.headers },
        ...(body === undefined ? {} : { body: asIs ? body : JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      throw new UnreachableError({ cause });
    }
  }
}

async function read<S extends z.ZodType>(
  response: Response,
  schema: S | undefined,
): Promise<Answer<z.infer<S>>> {
  const meta = { etag: response.headers.get("etag"), status: response.status };
  if (!schema) return { ...meta, data: undefined as z.infer<S> };
  try {
    return { ...meta, data: schema.parse(await response.json()) as z.infer<S> };
  } catch (cause) {
    throw new StrangeAnswerError({ cause });
  }
}

async function refusalOfResponse(response: Response): Promise<RefusedError> {
  const body: unknown = await response.json().catch(() => null);
  return refusalOf(response.status, body);
}

/** Too many calls, or the first of two with one key is still being done. */
const comesTooSoon = ({ status, code }: RefusedError): boolean =>
  status === 429 || code === "IDEMPOTENCY_KEY_BUSY";

/** Nobody is signed in any more, or somebody signed in anew in another tab. */
export const endsSession = ({ status, code }: RefusedError): boolean => status === 401 || code === "CSRF";

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get("retry-after"));
  return Math.min(longestWaitMs, Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000);
}
