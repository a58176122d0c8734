import { existsSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { BootstrapError } from "../errors.mjs";
import { npmCommand } from "../node-modules.mjs";
import { capture, run } from "../run.mjs";

/** NODE_MODULE_VERSION in an include folder's node_version.h, or undefined. */
function abiOf(prefix) {
  try {
    const header = readFileSync(join(prefix, "include/node/node_version.h"), "utf8");
    return /#define NODE_MODULE_VERSION (\d+)/.exec(header)?.[1];
  } catch {
    return undefined;
  }
}

/** First of the prefixes whose headers are this Node's own. */
export function matchingPrefix(prefixes, abi = process.versions.modules) {
  return prefixes.find((prefix) => prefix !== undefined && abiOf(prefix) === abi);
}

function configuredNodedir() {
  const [command, ...args] = npmCommand();
  const nodedir = capture(command, [...args, "config", "get", "nodedir"]).out.trim();
  return nodedir === "" || nodedir === "undefined" ? undefined : nodedir;
}

/**
 * Folder whose include/node holds the headers of the Node that runs this. Node's own archives and Debian-style
 * packages bring them along; only where they do not, node-gyp downloads them.
 * @throws {BootstrapError} NODE_HEADERS_MISSING
 */
export async function nodeHeaders(gyp, say) {
  const own = dirname(dirname(realpathSync(process.execPath)));
  const downloaded = join(homedir(), ".cache/node-gyp", process.versions.node);
  const found =
    matchingPrefix([process.env.npm_config_nodedir, own, downloaded]) ??
    matchingPrefix([configuredNodedir()]);
  if (found !== undefined) return found;
  say(`downloading the headers of Node ${process.versions.node}`);
  const fix =
    "Install Node from nodejs.org or your system's -dev package (they bring include/node), or set npm's nodedir.";
  await run(process.execPath, [gyp, "install", "--ensure", `--devdir=${dirname(downloaded)}`], {
    quiet: true,
    fix,
  });
  if (!existsSync(join(downloaded, "include/node/node.h"))) {
    throw new BootstrapError(
      "NODE_HEADERS_MISSING",
      `no headers of Node ${process.versions.node} were found`,
      fix,
    );
  }
  return downloaded;
}
