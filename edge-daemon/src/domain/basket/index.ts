export * from "./commands.js";
export * from "./decide.js";
export * from "./events.js";
export * from "./evolve.js";
export * from "./notices.js";
export * from "./plan-till.js";
export * from "./rejection.js";
export * from "./state.js";
