export { BookEntry } from "./book.js";
export { LossyLink, randomDamage } from "./lossy-link.js";
export { openPtyPair, type PtyPair, PtyPairError, type PtyPairOptions } from "./pty-pair.js";
export { TillScript, TillStep } from "./script.js";
export { SimulatedTill, type SimulatedTillOptions } from "./simulated-till.js";
