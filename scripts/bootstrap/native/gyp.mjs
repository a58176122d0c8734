import { cpSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.mjs";

/**
 * Builds an addon by its own binding.gyp in a copy of its package, so that a build that is cut short leaves
 * the package as it was. The copy lies inside node_modules: the recipes resolve their helpers from there.
 * @returns {Promise<string>} path of the built file
 */
export async function buildWithGyp({ packageDir, workDir, target, gyp, nodedir, flags }) {
  const copy = join(workDir, "package");
  cpSync(packageDir, copy, { recursive: true, filter: (path) => path !== join(packageDir, "build") });
  await run(
    process.execPath,
    [gyp, "rebuild", "--release", "--jobs=1", `--nodedir=${nodedir}`, "--loglevel=error"],
    {
      cwd: copy,
      quiet: true,
      env: { ...process.env, CXXFLAGS: [process.env.CXXFLAGS, ...flags].filter(Boolean).join(" ") },
      fix: "Is the compiler complete (g++, make, python3)? Then report the output above as a defect.",
    },
  );
  return join(copy, "build/Release", target);
}
