import { expect, it } from "vitest";
import { ProgressBoard } from "./progress.js";

const clockAt = () => {
  let ms = 0;
  return { clock: { monotonic: () => ms, now: () => new Date(0) }, pass: (by: number) => (ms += by) };
};

it("a loop that stands still is named, the others are not", () => {
  const { clock, pass } = clockAt();
  const board = new ProgressBoard(clock);
  const capture = board.watch("capture", 1_000);
  board.watch("inference", 1_000);
  pass(900);
  capture();
  pass(200);
  expect(board.stale()).toEqual(["inference"]);
});

it("a loop that was stopped on purpose is no longer watched", () => {
  const { clock, pass } = clockAt();
  const board = new ProgressBoard(clock);
  board.watch("capture", 10);
  board.unwatch("capture");
  pass(1_000);
  expect(board.stale()).toEqual([]);
});
