import { isIP } from "node:net";

/** Everything on this machine and nothing else: what is said there passes no network. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/** How this machine itself reaches what listens on `host`; of all addresses it takes loopback. */
export function ownUrl(host: string, port: number): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${isIP(reached) === 6 ? `[${reached}]` : reached}:${port}`;
}
