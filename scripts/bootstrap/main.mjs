#!/usr/bin/env node
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureCuda } from "./cuda.mjs";
import { BootstrapError } from "./errors.mjs";
import { ensureAddons } from "./native/install.mjs";
import { NODE_MINIMUM, RUN_NEEDS, TEST_NEEDS } from "./needs.mjs";
import { ensureNodeModules } from "./node-modules.mjs";
import { nodeProblem } from "./node-version.mjs";
import { Report } from "./report.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

const HELP = `Prepares this clone: system packages, node_modules, native addons. Takes a second when all is there.

  node scripts/bootstrap/main.mjs [--test] [--rebuild] [--help]

  --test      also what the tests need (${TEST_NEEDS.map((need) => need.package).join(", ")})
  --rebuild   compile the native addons again, whatever the cache holds

  TILLSIGHT_CACHE   where built addons are kept (default: XDG_CACHE_HOME or ~/.cache)
  TILLSIGHT_JOBS    compilers at a time (default: one a core, as far as memory goes)
  TILLSIGHT_CUDA    1 downloads ONNX Runtime's CUDA libraries
  CXX               another compiler than g++

System packages are installed with apt-get when run as root or with passwordless sudo; otherwise the exact
command is printed and nothing is changed.`;

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function options() {
  const flag = { type: "boolean", default: false };
  try {
    return parseArgs({ options: { test: flag, rebuild: flag, help: { ...flag, short: "h" } } }).values;
  } catch (error) {
    throw new BootstrapError("BAD_ARGUMENT", error.message, "See --help.", { cause: error });
  }
}

async function main() {
  const { test, rebuild, help } = options();
  if (help) return console.log(HELP);
  const problem = nodeProblem(process.versions.node, NODE_MINIMUM);
  if (problem !== undefined)
    throw new BootstrapError("NODE_TOO_OLD", problem, "Install Node 20 LTS or newer.");
  const report = new Report();
  const { say } = report;
  console.log("tillsight: preparing");
  const needs = test ? [...RUN_NEEDS, ...TEST_NEEDS] : RUN_NEEDS;
  await report.step("system packages", () => ensureSystemPackages(needs, say));
  await report.step("node_modules", () => ensureNodeModules(ROOT, say));
  await report.step("native addons", () => ensureAddons(ROOT, { rebuild, say }));
  if (process.env.TILLSIGHT_CUDA === "1") await report.step("CUDA", () => ensureCuda(ROOT, say));
  console.log(report.closing());
}

main().catch((error) => {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(`\n${error.message}\n${error.fix}`);
  process.exitCode = 1;
});
