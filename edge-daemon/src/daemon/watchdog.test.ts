import { expect, it, vi } from "vitest";
import { silentLogger } from "../observe/logger.js";
import { ProgressBoard } from "../observe/progress.js";
import { Watchdog } from "./watchdog.js";

const board = () => {
  let ms = 0;
  const progress = new ProgressBoard({ monotonic: () => ms, now: () => new Date(0) });
  const pass = (by: number): void => {
    ms += by;
  };
  return { progress, pass };
};
const managerOf = (fed: () => Promise<void>) => ({
  ready: async () => {},
  stopping: async () => {},
  status: async () => {},
  watchdog: fed,
  watchdogMs: undefined,
});

it("is fed while every loop moves, starves while one stands still, and is fed again when it moves on", async () => {
  const { progress, pass } = board();
  const fed = vi.fn(async () => {});
  const watchdog = new Watchdog(managerOf(fed), progress, silentLogger);
  const capture = progress.watch("capture", 1_000);
  await watchdog.feed();
  expect(fed).toHaveBeenCalledTimes(1);
  pass(2_000);
  await watchdog.feed();
  expect(fed).toHaveBeenCalledTimes(1);
  capture();
  await watchdog.feed();
  expect(fed).toHaveBeenCalledTimes(2);
});
