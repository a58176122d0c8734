export * from "./scenarios.js";
export { ScriptedLane } from "./scripted-lane.js";
