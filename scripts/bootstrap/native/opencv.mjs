import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BootstrapError } from "../errors.mjs";
import { capture, run } from "../run.mjs";

const HERE = fileURLToPath(new URL("./opencv/", import.meta.url));
const LIBRARIES = ["core", "imgproc", "imgcodecs", "videoio"];
/** Heaviest first, so that no core waits at the end for a long unit that was begun last. */
const HEAVY = ["Mat.cc", "MatImgproc.cc", "imgproc.cc", "core.cc", "Contour.cc", "Vec.cc"];

/** The files our addon is made of: the binding's core, image processing, files and capture. */
export function unitsOf(sourceDir) {
  const folders = ["", "core", "imgproc", "io"];
  const units = folders.flatMap((folder) =>
    readdirSync(join(sourceDir, folder))
      .filter((file) => file.endsWith(".cc"))
      .map((file) => join(sourceDir, folder, file)),
  );
  const weight = (unit) => {
    const at = HEAVY.indexOf(basename(unit));
    return at === -1 ? HEAVY.length : at;
  };
  return [...units, join(HERE, "no_windows.cc")].sort((a, b) => weight(a) - weight(b));
}

/** @returns {string} e.g. "4.6.0", or "none" */
export const opencvVersion = () => capture("pkg-config", ["--modversion", "opencv4"]).out.trim() || "none";

function pkgConfig(...args) {
  const { ok, out, err } = capture("pkg-config", [...args, "opencv4"]);
  if (ok) return out.trim().split(/\s+/).filter(Boolean);
  throw new BootstrapError("OPENCV_MISSING", `OpenCV was not found: ${err.trim()}`, "Install libopencv-dev.");
}

/**
 * -O1 without debug information: the time goes into libopencv, the binding only passes arguments on, and -O3
 * takes several times as long to compile.
 */
function compilerFlags(packageDir, nodedir) {
  const cc = join(packageDir, "cc");
  const nan = [join(packageDir, "node_modules/nan"), join(packageDir, "../../nan")].find(existsSync);
  const includes = [join(HERE, "include"), join(nodedir, "include/node"), cc, join(cc, "core"), nan];
  return [
    ...["-std=c++17", "-O1", "-fPIC", "-pthread", "-w"],
    ...["-DNODE_GYP_MODULE_NAME=opencv4nodejs", "-DBUILDING_NODE_EXTENSION"],
    ...["-DUSING_UV_SHARED=1", "-DUSING_V8_SHARED=1", "-D_FILE_OFFSET_BITS=64"],
    ...includes.map((folder) => `-I${folder}`),
    `-I${join(cc, "native-node-utils")}`,
    ...pkgConfig("--cflags"),
  ];
}

/**
 * Compiles the binding with our own calls of the compiler: its binding.gyp compiles 104 files one after another
 * at -O3, wants to build OpenCV itself and links every library there is.
 * @returns {Promise<string>} path of the built file
 */
export async function buildOpencv({ packageDir, workDir, nodedir, slot, say }) {
  const compiler = process.env.CXX ?? "g++";
  const flags = compilerFlags(packageDir, nodedir);
  const units = unitsOf(join(packageDir, "cc"));
  const fix = "Is g++ complete and libopencv-dev of one release? Then report the output above as a defect.";
  let begun = 0;
  const objects = await Promise.all(
    units.map((unit, at) =>
      slot(async () => {
        const object = join(workDir, `${at}.o`);
        begun++;
        say(`[${String(begun).padStart(2)}/${units.length}] compiling ${basename(unit)}`);
        await run(compiler, [...flags, "-c", unit, "-o", object], { quiet: true, fix });
        return object;
      }),
    ),
  );
  const addon = join(workDir, "opencv4nodejs.node");
  const libraries = LIBRARIES.map((name) => `-lopencv_${name}`);
  const folders = pkgConfig("--libs-only-L");
  await run(compiler, ["-shared", "-s", "-pthread", "-o", addon, ...objects, ...folders, ...libraries], {
    quiet: true,
    fix,
  });
  return addon;
}
