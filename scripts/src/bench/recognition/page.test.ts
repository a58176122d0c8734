import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keep, keptSection } from "./kept.js";
import { notesOf, pageText } from "./page.js";
import { linePlot } from "./plot.js";
import type { PageSection } from "./section.js";

const axis = { label: "x", from: 0, to: 1, ticks: [0, 1] };

describe("plots", () => {
  const svg = linePlot({
    title: "a < b & c",
    ...{ x: { ...axis, from: 0.01, log: true }, y: axis },
    series: [
      {
        name: "one",
        points: [
          [0.001, 2],
          [0.1, 0.5],
        ],
      },
      { name: "two", points: [], style: "dashed" },
    ],
  });
  it("hold every series by name, and text that is safe in XML", () => {
    expect(svg).toContain("a &lt; b &amp; c");
    expect(svg).toContain(">one</text>");
    expect(svg).toContain(">two</text>");
  });
  it("keep what lies outside at the edge, and follow a dark page", () => {
    const numbers = [...svg.matchAll(/points="([^"]+)"/g)].flatMap((m) =>
      (m[1] ?? "").split(/[ ,]/).map(Number),
    );
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(44);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(700);
    expect(svg).toContain("prefers-color-scheme:dark");
  });
});

it("the page begins with targets against what was measured", () => {
  const section: PageSection = {
    ...{ name: "a", title: "Part A", text: "How.", plots: [{ file: "a.svg", svg: "<svg/>", alt: "A" }] },
    targets: [
      { what: "recall", target: ">= 90 %", measured: "93 %", met: true },
      { what: "speed", target: "<= 10 ms", measured: "20 ms", met: false },
      { what: "lead", target: ">= 12", measured: "–", met: undefined },
    ],
  };
  const text = pageText([section], "npm run x", "2026-01-01", "a machine");
  expect(text).toContain("1 of 3 targets are met");
  expect(text).toContain("| speed | <= 10 ms | 20 ms | **no** |");
  expect(text).toContain("| lead | >= 12 | – | not measured |");
  expect(text.indexOf("| recall")).toBeLessThan(text.indexOf("## Part A"));
  expect(text).toContain("![A](images/a.svg)");
});

it("what people wrote beside the figures stays", () => {
  const text = pageText([], "npm run x", "2026-01-01", "a machine", "More photos would help.");
  expect(notesOf(text)).toBe("More photos would help.");
  expect(notesOf(pageText([], "npm run x", "2026-01-02", "a machine", notesOf(text)))).toBe(
    "More photos would help.",
  );
  expect(notesOf("no page of ours")).toBe("");
});

describe("results kept between runs", () => {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-kept-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const section: PageSection = { name: "speed", title: "Speed", targets: [], text: "Fast.", plots: [] };

  it("say when and with which networks they were measured", () => {
    expect(keep(dir, "a and b", section, "2026-01-01").text).toContain(
      "2026-01-01, with what ships: a and b",
    );
    expect(keptSection(dir, "a and b", "speed").title).toBe("Speed");
  });
  it("of other networks, or of none, are refused with what to do", () => {
    expect(() => keptSection(dir, "a and c", "speed")).toThrow(/other networks \(a and b\)/);
    expect(() => keptSection(dir, "a and b", "trays")).toThrow(/never measured/);
  });
});
