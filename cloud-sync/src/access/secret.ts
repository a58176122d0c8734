import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits, URL-safe: sessions, tokens, links. Long enough that a plain hash of it cannot be turned back. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

/** What is stored of a secret. */
export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** In constant time, whatever their lengths. */
export const same = (a: string, b: string): boolean => timingSafeEqual(hashOf(a), hashOf(b));

/** A second secret that follows from the first and does not give it away; nothing more is stored. */
export const derived = (secret: string, purpose: string): string =>
  createHmac("sha256", secret).update(purpose).digest("base64url");
