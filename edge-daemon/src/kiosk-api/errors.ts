import { TillsightError } from "@tillsight/contracts";

/** The kiosk API's address is taken, forbidden or not of this machine. */
export class KioskAddressError extends TillsightError {
  readonly code = "KIOSK_ADDRESS";
}

/** A request from a page or host that has no business with this lane. */
export class ForeignRequestError extends TillsightError {
  readonly code = "FOREIGN_REQUEST";
}

/** Why the attendant was not let through; `KIOSK_PIN_…` so that the page can tell the cases apart. */
export class AttendantRefusedError extends TillsightError {
  constructor(
    readonly code: "KIOSK_PIN_UNSET" | "KIOSK_PIN_NEEDED" | "KIOSK_PIN_WRONG" | "KIOSK_PIN_LOCKED",
    message: string,
    fix: string,
  ) {
    super(message, fix);
  }
}

/** One page asked for more at once than a person can. */
export class TooManyRequestsError extends TillsightError {
  readonly code = "KIOSK_BUSY";
}

const listenFix: Record<string, (host: string, port: number) => [message: string, fix: string]> = {
  EADDRINUSE: (host, port) => [
    `port ${port} on ${host} is in use by another program`,
    `Stop that program (\`ss -ltnp 'sport = :${port}'\` names it) or set another kiosk.port.`,
  ],
  EACCES: (host, port) => [
    `port ${port} on ${host} may not be opened by this user`,
    "Set kiosk.port to a port above 1023.",
  ],
  EADDRNOTAVAIL: (host) => [
    `${host} is not an address of this machine`,
    "Set kiosk.host to 127.0.0.1, or to an address that `ip address` lists.",
  ],
};

/** Turns what `listen` rejects with into an error that names the fix. */
export function listenError(cause: unknown, host: string, port: number): KioskAddressError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  const [message, fix] = listenFix[code]?.(host, port) ?? [
    `the kiosk API cannot listen on ${host}, port ${port} (${code || String(cause)})`,
    "Set kiosk.host and kiosk.port to an address of this machine that is free.",
  ];
  return new KioskAddressError(message, fix, { cause });
}
