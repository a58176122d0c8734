import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/**
 * Why node_modules does not hold what package-lock.json asks for, or undefined when it does.
 *
 * npm writes node_modules/.package-lock.json as its last act, so an interrupted install leaves none; comparing
 * the two is what `npm ci` would find out in half a minute.
 *
 * @param {Record<string, object>} wanted `packages` of package-lock.json
 * @param {Record<string, object> | undefined} present `packages` of node_modules/.package-lock.json
 * @param {(path: string) => boolean} exists
 */
export function treeProblem(wanted, present, exists) {
  if (present === undefined) return "node_modules is missing or incomplete";
  for (const [path, want] of Object.entries(wanted)) {
    if (!path.includes("node_modules/")) continue; // the root and the workspaces themselves
    const have = present[path];
    if (have === undefined) {
      if (want.optional || want.devOptional || want.peer) continue; // another platform's binaries
      return `${path} is not installed`;
    }
    if (have.version !== want.version || have.integrity !== want.integrity) {
      return `${path} is ${have.version}, package-lock.json asks for ${want.version}`;
    }
    if (!exists(path)) return `${path} was deleted`;
  }
  return undefined;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** The npm that runs us (npm start sets npm_execpath), else the one on PATH. */
export function npmCommand(env = process.env) {
  return env.npm_execpath?.endsWith("npm-cli.js") ? [process.execPath, env.npm_execpath] : ["npm"];
}

/** @returns {Promise<string>} what was done, for the closing report */
export async function ensureNodeModules(root, say) {
  const problem = treeProblem(
    packagesOf(join(root, "package-lock.json")) ?? {},
    packagesOf(join(root, "node_modules/.package-lock.json")),
    (path) => existsSync(join(root, path)),
  );
  if (problem === undefined) return "up to date";
  say(`npm ci (${problem})`);
  const [command, ...args] = npmCommand();
  await run(command, [...args, "ci", "--no-audit", "--no-fund"], {
    cwd: root,
    // Its installer fetches CUDA libraries from elsewhere; see cuda.mjs for who wants them.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
    fix: "npm says above what it misses: reach its registry (`npm ping`), or commit package.json with its lock file.",
  });
  return "installed with npm ci";
}
