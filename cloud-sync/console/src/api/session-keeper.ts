import { StoppedError } from "@tillsight/contracts";
import { type Deferred, deferred } from "../state/deferred.js";
import { Client } from "./client.js";
import { newId } from "./new-id.js";
import { RefusedError } from "./problem.js";
import { Session } from "./schemas.js";

/** `checking`: not known yet. `lost`: it ended in the middle of something, which waits. */
export type SessionState =
  | { readonly is: "checking" | "none"; readonly session: null }
  | { readonly is: "unreachable"; readonly session: null; readonly error: unknown }
  | { readonly is: "open" | "lost"; readonly session: Session };

/** Who is signed in. Calls that meet an ended session wait here until somebody signs in again. */
export class SessionKeeper {
  readonly client: Client;
  #state: SessionState = { is: "checking", session: null };
  #again: Deferred<void> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(fetcher: typeof fetch = (input, init) => fetch(input, init)) {
    this.client = new Client({ fetch: fetcher, newId, signInAgain: (signal) => this.#waitForAgain(signal) });
  }

  get state(): SessionState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether the cookie still opens a session. */
  async check(): Promise<void> {
    try {
      const { data } = await this.client.ask("GET", "/api/session", { schema: Session, open: true });
      this.#open(data);
    } catch (error) {
      const none = error instanceof RefusedError && error.status === 401;
      this.#set(none ? { is: "none", session: null } : { is: "unreachable", session: null, error });
    }
  }

  /** @throws RefusedError */
  async signIn(name: string, password: string): Promise<void> {
    const asking = { schema: Session, body: { name, password }, open: true };
    this.#open((await this.client.ask("POST", "/api/session", asking)).data);
  }

  /** The first administrator. @throws RefusedError */
  async setUp(setupToken: string, name: string, password: string): Promise<void> {
    await this.client.ask("POST", "/api/setup", { body: { setupToken, name, password }, open: true });
    await this.signIn(name, password);
  }

  /** Resolves once there is a session again. @throws StoppedError when nobody wants one */
  renew(): Promise<void> {
    return this.#waitForAgain(undefined);
  }

  /**
   * The page says that nobody is signed in only when headquarters has ended the session: the cookie outlives the page.
   * @throws RefusedError, UnreachableError; the session is still open then.
   */
  async signOut(): Promise<void> {
    try {
      await this.client.ask("DELETE", "/api/session", { open: true });
    } catch (error) {
      const ended = error instanceof RefusedError && error.status === 401;
      if (!ended) throw error;
    }
    this.#end();
  }

  /** Nobody wants to sign in again: what waits fails, and the page is the one to sign in. */
  giveUp(): void {
    this.#end();
  }

  #end(): void {
    this.client.csrfToken = null;
    this.#again?.reject(new StoppedError("signing in"));
    this.#again = undefined;
    this.#set({ is: "none", session: null });
  }

  #open(session: Session): void {
    this.client.csrfToken = session.csrfToken;
    this.#set({ is: "open", session });
    this.#again?.resolve();
    this.#again = undefined;
  }

  /** Another tab may have signed in already: then nobody is asked. */
  async #waitForAgain(signal: AbortSignal | undefined): Promise<void> {
    const { session } = this.#state;
    if (!session) throw new StoppedError("a call without a session");
    const asking = { schema: Session, open: true, signal };
    const known = await this.client.ask("GET", "/api/session", asking).catch(() => null);
    if (known) return this.#open(known.data);
    this.#again ??= deferred();
    // Reads of the background are dropped with their page; nobody else may be told of it.
    this.#again.promise.catch(() => {});
    this.#set({ is: "lost", session });
    await Promise.race([this.#again.promise, aborted(signal)]);
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(new StoppedError("waiting"));
    signal?.addEventListener("abort", () => reject(new StoppedError("waiting")), { once: true });
  });
}
