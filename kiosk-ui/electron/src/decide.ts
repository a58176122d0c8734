export interface ShellOptions {
  /** The lane's page. */
  readonly url: string;
  /** A window with developer tools instead of a locked full screen. */
  readonly windowed: boolean;
}

export const usage = `Shows the kiosk page full screen and locked.

  npm run kiosk -- [URL] [--windowed]

  URL         the lane's page (default $TILLSIGHT_URL, else http://127.0.0.1:7400/)
  --windowed  a window with developer tools, for development`;

export type ParsedArgs =
  | { readonly kind: "run"; readonly options: ShellOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly why: string };

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function laneUrl(text: string): string | null {
  const url = parseUrl(text);
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url.href : null;
}

/**
 * What the shell was asked to do. Switches of Chromium (`--no-sandbox`, `--disable-gpu` and the like) reach us
 * too and are not ours to judge.
 * @param args what follows the program's name
 * @param fallback the environment's address, if any
 */
export function parseShellArgs(args: readonly string[], fallback: string | undefined): ParsedArgs {
  if (args.includes("--help")) return { kind: "help" };
  const [first, ...more] = args.filter((arg) => !arg.startsWith("-") && arg !== ".");
  if (more.length > 0) return { kind: "wrong", why: `one address is enough, ${more.join(" ")} is too much` };
  const asked = first ?? fallback ?? "http://127.0.0.1:7400/";
  const url = laneUrl(asked);
  if (!url) return { kind: "wrong", why: `${asked} is not an address such as http://127.0.0.1:7400/` };
  return { kind: "run", options: { url, windowed: args.includes("--windowed") } };
}

/** Whether the window may go to `target`: only ever to the lane it belongs to. */
export function mayNavigate(target: string, lane: string): boolean {
  return parseUrl(target)?.origin === new URL(lane).origin;
}

const firstRetryMs = 500;
const longestRetryMs = 10_000;

/** Milliseconds until the page is loaded again after so many failures in a row. */
export const retryDelay = (failures: number): number =>
  Math.min(firstRetryMs * 2 ** failures, longestRetryMs);

/** Chromium's net::ERR_ABORTED: another navigation took over, nothing failed. */
const aborted = -3;

/** Whether a failed load means that the lane is away. */
export const laneIsAway = (errorCode: number, isMainFrame: boolean): boolean =>
  isMainFrame && errorCode !== aborted;

/** Whether an answered load must be tried again: the lane is up but has no page to give yet. */
export const pageIsMissing = (httpStatus: number): boolean => httpStatus >= 500;
