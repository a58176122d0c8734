export { reconnectDelay } from "./back-off.js";
export { chooseLocale } from "./locale.js";
