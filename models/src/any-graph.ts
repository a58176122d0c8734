import type { Provider } from "./networks.js";
import { createSession, runtime } from "./session.js";

/** An ONNX file as it is, whatever its inputs and outputs: to measure networks that are not ours beside ours. */
export interface AnyGraph {
  /** Named dimensions (a batch) stand as text. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  /** One call with one input; the numbers of the first output. */
  run(name: string, data: Float32Array, dims: readonly number[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens a session with the settings that the product gives its own networks.
 * @param threads of ONNX Runtime for one call.
 * @throws what ONNX Runtime says where it cannot open the file on this provider.
 */
export async function openAnyGraph(
  bytes: Uint8Array,
  provider: Provider,
  threads: number,
): Promise<AnyGraph> {
  const ort = await runtime();
  const session = await createSession(bytes, provider, threads);
  return {
    inputs: session.inputMetadata.map((input) => ({
      name: input.name,
      shape: input.isTensor ? input.shape : [],
    })),
    async run(name, data, dims) {
      const results = await session.run({ [name]: new ort.Tensor("float32", data, dims) });
      return results[session.outputNames[0] ?? ""]?.data as Float32Array;
    },
    close: () => session.release(),
  };
}
