export * from "./networks.js";
export * from "./picture.js";
