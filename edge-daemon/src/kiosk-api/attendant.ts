import type { Clock } from "../ports/clock.js";
import { AttendantRefusedError } from "./errors.js";
import { asPinHash, pinMatches } from "./pin.js";
import { afterWrongPin, lockedFor, openLock, type PinLock } from "./pin-lock.js";

/**
 * Decides whether who sent a request is the attendant. One lock for the whole lane: pages share an address,
 * so a lock for each connection would be no lock.
 */
export class AttendantGate {
  readonly #hash: Promise<string> | null;
  readonly #clock: Clock;
  #lock: PinLock = openLock;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param secret 4 to 12 digits, or what `hashPin` made of them; undefined: nobody is the attendant */
  constructor(secret: string | undefined, clock: Clock) {
    this.#hash = secret === undefined ? null : asPinHash(secret);
    // The rejection is reported by `ready`; this only keeps it from counting as unhandled before that.
    this.#hash?.catch(() => {});
    this.#clock = clock;
  }

  /** @throws InvalidInputError when the secret is neither a PIN nor a hash */
  async ready(): Promise<void> {
    await this.#hash;
  }

  /** @throws AttendantRefusedError that says why */
  check(pin: string | undefined): Promise<void> {
    // One at a time: parallel guesses would all be compared before the first one counts as wrong.
    const mine = this.#turn.then(() => this.#checkOne(pin));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #checkOne(pin: string | undefined): Promise<void> {
    if (!this.#hash)
      throw new AttendantRefusedError(
        "KIOSK_PIN_UNSET",
        "no attendant's PIN is set at this lane",
        "Set kiosk.attendantPin to 4 to 12 digits and restart the lane.",
      );
    if (!pin)
      throw new AttendantRefusedError(
        "KIOSK_PIN_NEEDED",
        "only the attendant may do this",
        "Open the attendant's panel with the PIN.",
      );
    const waitMs = lockedFor(this.#lock, this.#clock.monotonic());
    if (waitMs > 0) throw this.#locked(waitMs);
    if (await pinMatches(pin, await this.#hash)) {
      this.#lock = openLock;
      return;
    }
    this.#lock = afterWrongPin(this.#lock, this.#clock.monotonic());
    throw new AttendantRefusedError("KIOSK_PIN_WRONG", "the PIN is wrong", "Check the PIN and try again.");
  }

  #locked(waitMs: number): AttendantRefusedError {
    return new AttendantRefusedError(
      "KIOSK_PIN_LOCKED",
      "too many wrong PINs",
      `Try again in ${Math.ceil(waitMs / 1000)} seconds.`,
    );
  }
}
