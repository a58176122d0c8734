import { headquartersRights, terminalRights } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { filterCovers, mayPublish, maySubscribe } from "./rights.js";

const covers: [filter: string, topic: string, want: boolean][] = [
  ["a/b", "a/b", true],
  ["a/b", "a/c", false],
  ["a/+", "a/b", true],
  ["a/+", "a/b/c", false],
  ["a/+", "a", false],
  ["a/#", "a/b/c", true],
  ["a/+", "a/#", false],
  ["a/+", "a/+", true],
  ["a/b", "a/+", false],
  ["a/b", "#", false],
  ["+/b", "a/b", true],
];
test.each(covers)("%s covers %s: %s", (filter, topic, want) => {
  expect(filterCovers(filter, topic)).toBe(want);
});

const lane = terminalRights("store-1", "lane-1");
const cases: [situation: string, allowed: boolean, want: boolean][] = [
  ["a lane asks for itself", mayPublish(lane, "tillsight/store-1/lane/lane-1/request"), true],
  ["a lane asks for another", mayPublish(lane, "tillsight/store-1/lane/lane-2/request"), false],
  ["a lane speaks as headquarters", mayPublish(lane, "tillsight/store-1/catalog/delta"), false],
  ["a lane answers another", mayPublish(lane, "tillsight/store-1/lane/lane-2/catalog"), false],
  ["a lane hears its store", maySubscribe(lane, "tillsight/store-1/catalog/delta"), true],
  ["a lane hears another store", maySubscribe(lane, "tillsight/store-2/catalog/delta"), false],
  ["a lane hears what another was answered", maySubscribe(lane, "tillsight/store-1/lane/+/catalog"), false],
  ["a lane hears everything", maySubscribe(lane, "#"), false],
  ["headquarters hears every lane", maySubscribe(headquartersRights, "tillsight/+/lane/+/request"), true],
  ["headquarters speaks to a store", mayPublish(headquartersRights, "tillsight/s/catalog/head"), true],
  [
    "headquarters pretends to be a lane",
    mayPublish(headquartersRights, "tillsight/s/lane/l/presence"),
    false,
  ],
];
test.each(cases)("%s", (_, allowed, want) => {
  expect(allowed).toBe(want);
});
