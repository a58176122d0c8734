import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../ports/clock.js";
import { SimulatedScale } from "../../testing/scale/simulated-scale.js";
import { openPtyPair, type PtyPair } from "../../testing/till/pty-pair.js";
import { SicsScale } from "./sics-scale.js";

let pair: PtyPair;
let far: SimulatedScale;
let scale: SicsScale;
beforeEach(async () => {
  pair = await openPtyPair();
  far = new SimulatedScale(pair.till);
  scale = new SicsScale(
    { path: pair.lane, baudRate: 9600, dataBits: 8, parity: "none", deviation: 2 },
    systemClock,
  );
});
afterEach(async () => {
  await scale.stop();
  await far.stop();
  await pair.close();
});

const soon = { timeout: 20_000 };
const until = (grams: number | null) => expect.poll(() => scale.grams(), soon).toBe(grams);

test("says what lies on it once it stands still, and nothing while it swings", async () => {
  await Promise.all([far.start(), scale.start()]);
  await until(0);
  far.weigh(431.5, false);
  await until(null);
  expect(scale.fault()).toBeNull();
  far.weigh(498.2);
  await until(498.2);
});

test("forgets its last word when it is switched off, and is asked again when it comes back", async () => {
  await Promise.all([far.start(), scale.start()]);
  far.weigh(250);
  await until(250);
  far.fallSilent();
  await until(null);
  expect(scale.fault()).toMatchObject({ code: "SCALE_SILENT", fix: expect.stringContaining("MT-SICS") });
  await until(250);
});

test("names what to do when its port is not there, and weighs when it is", async () => {
  await pair.unplug();
  await scale.start();
  expect(scale.grams()).toBeNull();
  expect(scale.fault()).toMatchObject({ code: "SCALE_AWAY", fix: expect.stringContaining("scale.path") });
  expect(scale.fault()?.message).not.toMatch(/for the till|till's/);
  await pair.replug();
  await far.start();
  await until(0);
});

test("counts what is no answer and goes on with what is", async () => {
  await Promise.all([far.start(), scale.start()]);
  far.say("\u0007\u0007 249.98 g");
  await expect.poll(() => scale.discarded, soon).toBeGreaterThan(0);
  expect(scale.grams()).toBeNull();
  far.say("S +");
  await expect.poll(() => scale.fault()?.message, soon).toContain("overloaded");
  far.weigh(12);
  await until(12);
});

test("stops twice, also before it was started", async () => {
  await scale.stop();
  await scale.start();
  await scale.stop();
  await scale.stop();
  expect(scale.grams()).toBeNull();
});
