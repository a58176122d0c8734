import { isIP } from "node:net";

/** Host part of a `Host` header, without port and brackets, in lower case; null when it is malformed. */
export function hostName(header: string | undefined): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+)(:\d{1,5})?$/.exec(header ?? "");
  return match?.[1]?.replace(/^\[|\]$/g, "").toLowerCase() ?? null;
}

/**
 * Whether a `Host` header may name this lane. An address cannot be rebound by DNS, so every address is fine;
 * of names only `localhost` and those listed in `allowed` are.
 */
export function hostAllowed(header: string | undefined, allowed: readonly string[]): boolean {
  const name = hostName(header);
  if (name === null) return false;
  return isIP(name) !== 0 || name === "localhost" || allowed.includes(name);
}

/**
 * Whether a request may come from this web origin: none (no browser), the lane's own, or one of `allowed`
 * (complete origins, for example `http://localhost:5173`). `null` origins are foreign.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
