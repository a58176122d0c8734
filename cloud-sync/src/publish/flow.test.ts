import { expect, test } from "vitest";
import { Flow } from "./flow.js";

/** Work that ends when it is told to. */
function desk() {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    work: (n: number) => () => {
      begun.push(n);
      return new Promise<number>((resolve) => ends.push(() => resolve(n)));
    },
    end: async () => {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("no more messages are under way than the broker takes, and they go in order", async () => {
  const { begun, work, end } = desk();
  const flow = new Flow(() => 2);
  const all = Promise.all([0, 1, 2, 3, 4].map((n) => flow.run(work(n))));
  expect(begun).toEqual([0, 1]);
  await end();
  expect(begun).toEqual([0, 1, 2]);
  for (let i = 0; i < 4; i++) await end();
  expect(await all).toEqual([0, 1, 2, 3, 4]);
});

test("a message that failed makes room for the next", async () => {
  const flow = new Flow(() => 1);
  const failed = flow.run(() => Promise.reject(new Error("refused")));
  const next = flow.run(async () => "sent");
  await expect(failed).rejects.toThrow("refused");
  expect(await next).toBe("sent");
});

test("a connection with another limit holds from its first message on", async () => {
  const { begun, work, end } = desk();
  let most = 1;
  const flow = new Flow(() => most);
  const all = Promise.all([0, 1, 2, 3].map((n) => flow.run(work(n))));
  most = 3;
  await end();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (let i = 0; i < 3; i++) await end();
  expect(await all).toEqual([0, 1, 2, 3]);
});
