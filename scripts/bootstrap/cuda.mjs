import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/** onnxruntime-node's CUDA libraries: hundreds of megabytes from another server, so only for those who ask. */
export async function ensureCuda(root, say) {
  const home = join(root, "node_modules/onnxruntime-node");
  const library = join(home, `bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`);
  if (existsSync(library)) return "already there";
  say("downloading ONNX Runtime's CUDA libraries (TILLSIGHT_CUDA=1)");
  const env = { ...process.env };
  delete env.ONNXRUNTIME_NODE_INSTALL;
  await run(process.execPath, ["script/install.js"], {
    cwd: home,
    env,
    fix: "Start without TILLSIGHT_CUDA to run on the CPU, or check that the package server named above is reachable.",
  });
  return "installed";
}
