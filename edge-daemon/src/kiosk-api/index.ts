export * from "./errors.js";
export type { DemoRoutes } from "./json-routes.js";
export { KioskApi, type KioskApiOptions } from "./kiosk-api.js";
export { hashPin } from "./pin.js";
