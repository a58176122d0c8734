// Runs an ONNX file on raw pictures through the product's own runtime, for training and evaluation.
// node infer.mjs <model> <input> <pictures: N x H x W x 3 bytes> <result: float32> N H W mean scale batch
import { open } from "node:fs/promises";
import ort from "onnxruntime-node";

const [model, input, source, result, ...numbers] = process.argv.slice(2);
const [count, height, width, mean, scale, batch] = numbers.map(Number);
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: Number(process.env.TILLSIGHT_THREADS ?? 2),
  executionProviders: ["cpu"],
});
const bytes = height * width * 3;
const from = await open(source);
const to = await open(result, "w");
const picture = Buffer.alloc(bytes * batch);
const plane = height * width;
let spent = 0;
for (let at = 0; at < count; at += batch) {
  const size = Math.min(batch, count - at);
  await from.read(picture, 0, size * bytes, at * bytes);
  const data = new Float32Array(size * bytes);
  for (let n = 0; n < size; n++)
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < plane; i++)
        data[(n * 3 + c) * plane + i] = (picture[n * bytes + i * 3 + c] - mean) * scale;
  const started = performance.now();
  const outputs = await session.run({ [input]: new ort.Tensor("float32", data, [size, 3, height, width]) });
  spent += performance.now() - started;
  const values = outputs[session.outputNames[0]].data;
  await to.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
await from.close();
await to.close();
console.log(`onnx ${count} pictures, ${(spent / count).toFixed(2)} ms each`);
