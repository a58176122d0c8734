import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultModelFolder, networkId, parseManifest } from "@tillsight/models";

/** The network that ships for pictures of goods under another name, or with other weights. */
export function printNetwork(name: string, weights?: Uint8Array) {
  const text = readFileSync(join(defaultModelFolder, "tillsight-print-2.json"), "utf8");
  const shipped = parseManifest(text, "shipped");
  const bytes = weights ?? readFileSync(join(defaultModelFolder, shipped.file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const manifest = { ...shipped, id: name, bytes: bytes.length, sha256 };
  return { id: networkId(manifest), manifest: JSON.stringify(manifest), weights: bytes };
}

/** The form that `POST /api/models` takes. */
export function modelForm(manifest: string, weights: Uint8Array): FormData {
  const form = new FormData();
  form.set("manifest", manifest);
  form.set("weights", new Blob([new Uint8Array(weights)]), "print.onnx");
  return form;
}
