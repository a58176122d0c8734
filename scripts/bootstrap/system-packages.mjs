import { readdirSync } from "node:fs";
import { BootstrapError } from "./errors.mjs";
import { capture, run } from "./run.mjs";

/**
 * Which needs are still open.
 * @param {import("./needs.mjs").SystemNeed[]} needs
 * @param {{ installed: ReadonlySet<string>, met: (probe: object) => boolean }} machine
 */
export function missingNeeds(needs, machine) {
  return needs.filter((need) => !machine.installed.has(need.package) && !machine.met(need.probe));
}

/** Names of the packages that dpkg-query's `${Package} ${db:Status-Status}` lines call installed. */
export function parseDpkg(lines) {
  const rows = lines.split("\n").map((line) => line.split(" "));
  return new Set(rows.filter(([, status]) => status === "installed").map(([name]) => name));
}

/**
 * How missing packages get on this machine: the apt-get prefix, or why not.
 * @param {{ hasApt: boolean, isRoot: boolean, maySudo: boolean }} rights
 */
export function installPlan(missing, rights) {
  const packages = missing.map((need) => need.package);
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  if (missing.length === 0) return { kind: "nothing" };
  if (!rights.hasApt) return { kind: "refused", message: notDebianMessage(missing) };
  if (rights.isRoot) return { kind: "install", prefix: [], packages };
  if (rights.maySudo) return { kind: "install", prefix: ["sudo", "-n"], packages };
  return {
    kind: "refused",
    message: `${listOf(missing)}\nInstall them, then run this again:\n  sudo apt-get update && sudo ${install.join(" ")}`,
  };
}

const listOf = (missing) =>
  ["These system packages are missing:", ...missing.map((n) => `  ${n.package.padEnd(14)} ${n.why}`)].join(
    "\n",
  );

function notDebianMessage(missing) {
  const probes = missing.map(({ probe }) =>
    "command" in probe
      ? `the command ${probe.command}`
      : `pkg-config module ${probe.pkgConfig} (4.5 or newer)`,
  );
  return (
    `${listOf(missing)}\nThere is no apt-get here, and the names are Debian's. ` +
    `Install your system's counterparts, so that these are found: ${probes.join(", ")}.`
  );
}

const probeMet = (probe) =>
  "command" in probe
    ? capture("sh", ["-c", `command -v ${probe.command}`]).ok
    : capture("pkg-config", ["--exists", probe.pkgConfig]).ok;

function installedPackages(needs) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format language
  const format = "${Package} ${db:Status-Status}\n";
  return parseDpkg(capture("dpkg-query", ["-W", "-f", format, ...needs.map((n) => n.package)]).out);
}

function listsAreEmpty() {
  try {
    return !readdirSync("/var/lib/apt/lists").some((name) => name.includes("_Packages"));
  } catch {
    return true;
  }
}

/** @returns {Promise<string>} what was done, for the closing report */
export async function ensureSystemPackages(needs, say) {
  const missing = missingNeeds(needs, { installed: installedPackages(needs), met: probeMet });
  const isRoot = process.getuid?.() === 0;
  const plan = installPlan(missing, {
    hasApt: missing.length > 0 && capture("apt-get", ["--version"]).ok,
    isRoot,
    maySudo: missing.length > 0 && !isRoot && capture("sudo", ["-n", "true"]).ok,
  });
  if (plan.kind === "nothing") return "all there";
  if (plan.kind === "refused") {
    throw new BootstrapError("SYSTEM_PACKAGES_MISSING", plan.message, "Nothing else was changed.");
  }
  for (const need of missing) say(`installing ${need.package}: ${need.why}`);
  await aptInstall(plan);
  return `installed ${plan.packages.join(", ")}`;
}

async function aptInstall({ prefix, packages }) {
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
    return run(command, rest, { fix: "Put right what apt-get complains about above, then run this again." });
  };
  const install = () => apt("install", "-y", "--no-install-recommends", ...packages);
  if (listsAreEmpty()) {
    await apt("update");
    return install();
  }
  try {
    await install();
  } catch {
    // Lists that are there may be too old: their package files are gone from the mirror.
    await apt("update");
    await install();
  }
}
