/** Simulators, contract suites and crash tests, for the scripts that compose and prove the whole. */
export * from "./crash/index.js";
export * from "./till/index.js";
