export { type ScaleSettings, SicsScale } from "./sics-scale.js";
