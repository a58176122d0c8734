import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { InvalidInputError } from "@tillsight/contracts";
import type { ExportOptions } from "../catalog/transfer/exporter.js";
import type { ImportOptions } from "../catalog/transfer/importer.js";
import type { LineError } from "../catalog/transfer/kinds.js";
import type { ImportReport } from "../catalog/transfer/report.js";
import type { Target } from "./target.js";

const pollMs = 500;

/** What an answer says that is none of ours, or a problem. */
interface Problem {
  readonly title?: string;
  readonly fix?: string;
  readonly report?: ImportReport;
}

/** A headquarters that runs, asked over its API. */
export class HttpTarget implements Target {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
  }

  async import(
    bytes: AsyncIterable<Uint8Array>,
    options: Omit<ImportOptions, "actor">,
  ): Promise<ImportReport> {
    const { onProgress, signal, id, format, ...rest } = options;
    const query = queryOf({ id, format, ...rest });
    const done = new AbortController();
    const watching = this.#watch(id, onProgress, done.signal);
    try {
      const response = await this.#fetch(`/api/imports?${query}`, {
        method: "POST",
        body: Readable.toWeb(Readable.from(bytes)) as ReadableStream,
        // A body whose length is not known before it was read.
        ...{ duplex: "half", ...(signal ? { signal } : {}) },
        headers: { "content-type": format === "csv" ? "text/csv" : "application/x-ndjson" },
      });
      const answer = (await response.json()) as ImportReport & Problem;
      if (response.ok) return answer;
      if (answer.report) return answer.report;
      throw problemError(response.status, answer);
    } finally {
      done.abort();
      await watching;
    }
  }

  async errors(id: string, offset: number, limit: number): Promise<LineError[]> {
    const response = await this.#fetch(`/api/imports/${id}/errors?offset=${offset}&limit=${limit}`);
    if (!response.ok) throw problemError(response.status, (await response.json()) as Problem);
    return ((await response.json()) as { errors: LineError[] }).errors;
  }

  async *export(options: ExportOptions): AsyncGenerator<string> {
    const response = await this.#fetch(`/api/export?${queryOf({ ...options })}`);
    if (!response.ok || !response.body)
      throw problemError(response.status, (await response.json()) as Problem);
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  }

  async close(): Promise<void> {}

  async #watch(id: string, tell: ImportOptions["onProgress"], signal: AbortSignal): Promise<void> {
    while (tell && !signal.aborted) {
      await sleep(pollMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // Progress is a courtesy: what counts is the answer to the import itself.
      const response = await this.#fetch(`/api/imports/${id}`).catch(() => undefined);
      if (response?.ok && !signal.aborted) tell((await response.json()) as ImportReport);
    }
  }

  async #fetch(
    path: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const headers = { ...init.headers, ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}) };
    try {
      return await fetch(this.#url + path, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new InvalidInputError(
        `headquarters at ${this.#url} does not answer`,
        "Check that it runs, and --url.",
        { cause },
      );
    }
  }
}

const queryOf = (options: Readonly<Record<string, unknown>>): URLSearchParams =>
  new URLSearchParams(
    Object.entries(options).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, String(value)]],
    ),
  );

const problemError = (status: number, { title, fix }: Problem) =>
  new InvalidInputError(title ?? `headquarters answered ${status}`, fix ?? "Look at its log.");
