import { createHash } from "node:crypto";
import { networkId, readModel } from "@tillsight/models";

const shipped = await readModel("print");

/** The network that ships for pictures of goods under another name, or with other weights. */
export function printNetwork(name: string, weights?: Uint8Array) {
  const bytes = weights ?? shipped.bytes;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const manifest = { ...shipped.manifest, id: name, bytes: bytes.length, sha256 };
  return { id: networkId(manifest), manifest: JSON.stringify(manifest), weights: bytes };
}

/** The form that `POST /api/models` takes. */
export function modelForm(manifest: string, weights: Uint8Array): FormData {
  const form = new FormData();
  form.set("manifest", manifest);
  form.set("weights", new Blob([new Uint8Array(weights)]), "print.onnx");
  return form;
}
