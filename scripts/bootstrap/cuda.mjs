import { existsSync } from "node:fs";
import { join } from "node:path";
import { BootstrapError } from "./errors.mjs";
import { run } from "./run.mjs";

const FIX =
  "CUDA needs Linux on x64 and the package server named above; without TILLSIGHT_CUDA the lane runs on the CPU.";

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
    fix: FIX,
  });
  if (!existsSync(library)) {
    throw new BootstrapError("CUDA_NOT_INSTALLED", `${library} is still missing`, FIX);
  }
  return "installed";
}
