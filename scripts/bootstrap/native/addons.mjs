import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildWithGyp } from "./gyp.mjs";
import { buildOpencv, opencvVersion } from "./opencv.mjs";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * x86-64-v3 (AVX2, FMA) roughly halves the time of a distance; hnswlib chooses its kernels when it is compiled.
 * @param {string} flags the `flags` line of /proc/cpuinfo
 */
export function cpuLevel(arch, flags) {
  const needed = ["avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"];
  const has = new Set(flags.split(/\s+/));
  return arch === "x64" && needed.every((flag) => has.has(flag)) ? "x86-64-v3" : "baseline";
}

function cpuHere() {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    return cpuLevel(process.arch, flags);
  } catch {
    return "baseline";
  }
}

/**
 * The native addons that npm does not bring ready-made. In the order in which builds are begun: longest
 * single compilation first.
 *
 * `traits`: what else than version, ABI and architecture decides whether a built file fits.
 */
export const ADDONS = [
  {
    name: "better-sqlite3",
    output: "build/Release/better_sqlite3.node",
    recipe: [file("./gyp.mjs")],
    traits: () => ({}),
    build: (site) => site.slot(() => buildWithGyp({ ...site, target: "better_sqlite3.node", flags: [] })),
  },
  {
    name: "hnswlib-node",
    output: "build/Release/addon.node",
    recipe: [file("./gyp.mjs")],
    traits: () => ({ cpu: cpuHere() }),
    build: (site) => {
      const level = cpuHere();
      const flags = level === "baseline" ? [] : [`-march=${level}`];
      return site.slot(() => buildWithGyp({ ...site, target: "addon.node", flags }));
    },
  },
  {
    name: "@u4/opencv4nodejs",
    output: "build/Release/opencv4nodejs.node",
    recipe: ["./opencv.mjs", "./opencv/no_windows.cc", "./opencv/include/opencv2/opencv_modules.hpp"].map(
      file,
    ),
    traits: () => ({ opencv: opencvVersion() }),
    build: buildOpencv,
  },
];
