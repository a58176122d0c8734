import { describe, expect, it } from "vitest";
import type { Enrolment, Terminal } from "../api/schemas.js";
import { languages, pickLocale } from "../i18n/index.js";
import { fieldChanges, verbOf } from "./audit-text.js";
import { takeNews } from "./enrolments.js";
import { groupLanes, laneTone, lsnBehind } from "./lane-view.js";
import { keysOfName, refusalOfFile } from "./photo-names.js";
import { pathOf, routeOf } from "./route.js";
import { ago } from "./time-text.js";
import { uploadsFor } from "./uploads.js";

describe("a lane on the map", () => {
  const lane = (presence: Terminal["presence"], beat: object | null = {}, store = "north"): Terminal =>
    ({
      ...{ store, terminal: "lane-1", group: "", presence },
      beat: beat && { lsn: 5, health: "ok", helpWanted: false, serviceMode: false, troubles: {}, ...beat },
    }) as Terminal;
  const heads = { lsn: 9, stores: { north: { lsn: 7, scannedLsn: 9 } } };
  const cases: [situation: string, terminal: Terminal, behind: number | null, want: string][] = [
    ["live and up to date", lane("online"), 0, "good"],
    ["live and behind", lane("online"), 3, "ask"],
    ["live and in trouble", lane("online", { health: "degraded" }), 0, "ask"],
    ["live but not selling", lane("online", { health: "failed" }), 0, "bad"],
    ["live, and a shopper calls", lane("online", { helpWanted: true }), 0, "ask"],
    ["silent for too long, however well it was", lane("stale"), 0, "ask"],
    ["gone", lane("offline"), 0, "bad"],
    ["never seen", lane("never", null), null, "quiet"],
  ];
  it.each(cases)("%s", (_, terminal, behind, want) => {
    expect(laneTone(terminal, behind)).toBe(want);
  });

  it("is behind by what its own store was told, not by the chain", () => {
    expect(lsnBehind(lane("online"), heads)).toBe(2);
    expect(lsnBehind(lane("online", { lsn: 8 }), heads)).toBe(0);
    expect(lsnBehind(lane("never", null), heads)).toBeNull();
    expect(lsnBehind(lane("online", {}, "moon"), heads)).toBeNull();
  });

  it("stands with the others of its store", () => {
    const lanes = [lane("online", {}, "south"), lane("online"), lane("offline", {}, "south")];
    expect(groupLanes(lanes, "store").map(({ name, terminals }) => [name, terminals.length])).toEqual([
      ["north", 1],
      ["south", 2],
    ]);
  });
});

describe("news of enrolments", () => {
  const one = (id: string, n: number, state: string, changedAt: string) =>
    ({ id, n, state, changedAt }) as Enrolment;
  it("replace what is older, never what is newer, and keep the order of arrival", () => {
    const list = [one("b", 2, "running", "2026-01-01T00:00:02Z")];
    const news = [
      one("a", 1, "queued", "2026-01-01T00:00:01Z"),
      one("b", 2, "queued", "2026-01-01T00:00:01Z"),
    ];
    expect(takeNews(list, news).map(({ id, state }) => `${id} ${state}`)).toEqual(["a queued", "b running"]);
    const later = takeNews(list, [one("b", 2, "held", "2026-01-01T00:00:03Z")]);
    expect(later.map(({ state }) => state)).toEqual(["held"]);
  });
});

describe("a photo's file", () => {
  const names: [name: string, want: string[]][] = [
    ["mug.jpg", ["mug"]],
    ["mug_2.JPG", ["mug_2", "mug"]],
    ["mug-red (3).png", ["mug-red", "mug"]],
    ["4006381333931-front.webp", ["4006381333931-front", "4006381333931"]],
    ["Ärger.jpg", []],
  ];
  it.each(names)("%s may be of %j", (name, want) => {
    expect(keysOfName(name)).toEqual(want);
  });

  it("is refused before it is sent when headquarters would refuse it", () => {
    expect(refusalOfFile({ type: "image/heic", size: 1 })).toBe("type");
    expect(refusalOfFile({ type: "image/jpeg", size: 13 * 2 ** 20 })).toBe("size");
    expect(refusalOfFile({ type: "image/webp", size: 12 * 2 ** 20 })).toBeNull();
  });

  it("goes with at most nine others", () => {
    const files = Array.from({ length: 23 }, (_, i) => ({ name: `${i}` }) as File);
    let n = 0;
    const jobs = uploadsFor("mug", files, () => String(n++));
    expect(jobs.map((job) => [job.id, job.files.length])).toEqual([
      ["0", 10],
      ["1", 10],
      ["2", 3],
    ]);
  });
});

describe("addresses", () => {
  it.each([
    [pathOf("products", "a.b-1"), "products", ["a.b-1"]],
    [pathOf("products", "new product"), "products", ["new product"]],
    ["/fleet/north/lane-1", "fleet", ["north", "lane-1"]],
    ["/", "products", []],
    ["/nowhere/x", "products", []],
    ["/products/%E0%A4%A", "products", ["%E0%A4%A"]],
    ["/setup", "setup", []],
  ])("%s", (path, page, rest) => {
    expect(routeOf(path)).toMatchObject({ page, rest });
  });
});

describe("history", () => {
  it("tells what was added, changed and removed, field by field", () => {
    expect([verbOf(null, {}), verbOf({}, {}), verbOf({}, null)]).toEqual(["added", "changed", "removed"]);
    expect(fieldChanges({ sku: "a", name: "A", tax: 1 }, { sku: "a", name: "B", tax: 1 })).toEqual([
      { field: "name", before: "A", after: "B" },
    ]);
    expect(fieldChanges(null, { sku: "a", plu: "4011" })).toEqual([
      { field: "plu", before: undefined, after: "4011" },
    ]);
  });
});

describe("times", () => {
  const now = Date.parse("2026-06-01T12:00:00Z");
  it.each([
    [2, "now"],
    [45, "45 seconds ago"],
    [3600, "1 hour ago"],
    [86_400, "yesterday"],
    [-3600, "in 1 hour"],
  ])("%d seconds before now: %s", (seconds, want) => {
    expect(ago(now - seconds * 1000, now, "en")).toBe(want);
  });
});

/** Every text, with functions as they are. */
function texts(value: unknown, path = ""): [path: string, kind: string][] {
  if (typeof value !== "object" || value === null) return [[path, typeof value]];
  return Object.entries(value).flatMap(([key, own]) => texts(own, `${path}.${key}`));
}

describe("languages", () => {
  it("say everything: German has each text that English has", () => {
    const own = new Map(texts(languages.de));
    expect(texts(languages.en).filter(([path, kind]) => own.get(path) !== kind)).toEqual([]);
  });

  it("are chosen as the browser wishes", () => {
    expect([pickLocale([null, "de-AT"]), pickLocale(["fr", "en-GB"]), pickLocale(["fr"])]).toEqual([
      "de",
      "en",
      "en",
    ]);
  });
});
