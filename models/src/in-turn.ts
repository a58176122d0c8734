/**
 * Runs tasks one after another in the order they came, whether or not the one before failed. Networks need it
 * because ONNX Runtime starts a call only in a later turn of the event loop, while the tensor is reused.
 */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = tail.then(task, task);
    tail = result.catch(() => undefined);
    return result;
  };
}
