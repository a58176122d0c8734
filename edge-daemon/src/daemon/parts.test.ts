import { InvariantError } from "@tillsight/contracts";
import { expect, it } from "vitest";
import { Parts, ShutdownError } from "./parts.js";

interface Faults {
  start?: boolean;
  stop?: boolean;
  hang?: boolean;
}

const recorder = () => {
  const log: string[] = [];
  const parts = new Parts();
  const begin = (name: string, faults: Faults = {}) =>
    parts.begin(
      name,
      () => {
        log.push(`+${name}`);
        if (faults.start) throw new InvariantError(`${name} cannot start`);
      },
      () => {
        log.push(`-${name}`);
        if (faults.hang) return new Promise<void>(() => {});
        if (faults.stop) throw new InvariantError(`${name} cannot stop`);
      },
      20,
    );
  return { log, parts, begin };
};

it("parts stop in the reverse of the order in which they began", async () => {
  const { log, parts, begin } = recorder();
  for (const name of ["journal", "till", "camera"]) await begin(name);
  await parts.stop();
  expect(log).toEqual(["+journal", "+till", "+camera", "-camera", "-till", "-journal"]);
});

it("a part that could not start is stopped too, since it may have begun half-way", async () => {
  const { log, parts, begin } = recorder();
  await begin("journal");
  await expect(begin("till", { start: true })).rejects.toThrow("till cannot start");
  await parts.stop();
  expect(log).toEqual(["+journal", "+till", "-till", "-journal"]);
});

it("every part gets its turn although one fails and one hangs, and both are named", async () => {
  const { log, parts, begin } = recorder();
  await begin("journal");
  await begin("till", { hang: true });
  await begin("camera", { stop: true });
  const error = await parts.stop().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ShutdownError);
  expect((error as ShutdownError).errors.map((e) => e.step)).toEqual(["camera", "till"]);
  expect(log.at(-1)).toBe("-journal");
});

it("parts that hang share one time limit, and what comes after them still gets its turn", async () => {
  const parts = new Parts(100);
  const log: string[] = [];
  const begin = (name: string, stop: () => Promise<void> | void) => parts.begin(name, () => {}, stop, 60_000);
  await begin("journal", () => void log.push("-journal"));
  await begin("till", () => new Promise(() => {}));
  await begin("camera", () => new Promise(() => {}));
  await expect(parts.stop()).rejects.toMatchObject({ errors: [{ step: "camera" }, { step: "till" }] });
  expect(log).toEqual(["-journal"]);
});

it("a second stop is the first one", async () => {
  const { log, parts, begin } = recorder();
  await begin("journal");
  await Promise.all([parts.stop(), parts.stop()]);
  expect(log).toEqual(["+journal", "-journal"]);
});
