import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** Name of the distribution, or of the kernel where none is said. */
function system(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? release();
  } catch {
    return release();
  }
}

/** One sentence on the machine that a figure was measured on. */
export function describeMachine(): string {
  const cores = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} x ${cores[0]?.model.trim() ?? "unknown processor"}, ${gigabytes} GB, ${system()}, Node ${process.versions.node}`;
}
