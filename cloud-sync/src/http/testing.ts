import type { CloudSync } from "../cloud.js";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  readonly body: any;
}

/** What a page's script and its browser do: keeps the cookie, and sends the CSRF token with each write. */
export class Browser {
  cookie: string | undefined;
  csrfToken: string | undefined;

  constructor(readonly cloud: Pick<CloudSync, "url">) {}

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const all = {
      cookie: this.cookie,
      "x-csrf-token": method === "GET" ? undefined : this.csrfToken,
      "content-type": body === undefined ? undefined : "application/json",
      ...headers,
    };
    const response = await fetch(this.cloud.url + path, {
      method,
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      this.cookie = pair.endsWith("=") ? undefined : pair;
    }
    const text = await response.text();
    const json = /^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  async signIn(name: string, password: string): Promise<Answer> {
    const answer = await this.call("POST", "/api/session", { name, password });
    if (answer.status === 200) this.csrfToken = answer.body.csrfToken;
    return answer;
  }
}

/** A program with a token. */
export const withToken = (token: string) => ({ authorization: `Bearer ${token}` });
