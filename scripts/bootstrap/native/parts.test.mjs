import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Report } from "../report.mjs";
import { capture, run } from "../run.mjs";
import { cpuLevel } from "./addons.mjs";
import { matchingPrefix } from "./node-headers.mjs";
import { compilerCount, slots } from "./slots.mjs";
import { loadProblem } from "./verify.mjs";

const dirs = [];
const scratch = () => {
  dirs.push(mkdtempSync(join(tmpdir(), "tillsight-parts-")));
  return dirs.at(-1);
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

describe("compilerCount", () => {
  const cases = [
    ["one a core", 8, 64e9, undefined, 8],
    ["no more than memory holds", 8, 3.5e9, undefined, 3],
    ["at least one", 4, 1e8, undefined, 1],
    ["as many as asked for", 4, 1e8, "6", 6],
    ["nonsense is ignored", 2, 64e9, "many", 2],
  ];
  it.each(cases)("%s", (_name, cores, free, asked, want) =>
    expect(compilerCount(cores, free, asked)).toBe(want),
  );
});

describe("slots", () => {
  it("runs no more jobs at a time than there are slots, in order, also after one has failed", async () => {
    const slot = slots(2);
    const begun = [];
    let running = 0;
    let most = 0;
    const job = (n) => async () => {
      begun.push(n);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (n === 1) throw new TypeError("broken unit");
    };
    const ends = await Promise.allSettled([0, 1, 2, 3, 4].map((n) => slot(job(n))));
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
    expect(ends.map((end) => end.status)[1]).toBe("rejected");
  });
});

describe("cpuLevel", () => {
  it("asks for AVX2 only where the whole level is there", () => {
    const v3 = "sse4_2 avx avx2 bmi1 bmi2 f16c fma abm movbe";
    expect(cpuLevel("x64", v3)).toBe("x86-64-v3");
    expect(cpuLevel("x64", v3.replace("fma", ""))).toBe("baseline");
    expect(cpuLevel("arm64", "")).toBe("baseline");
  });
});

describe("matchingPrefix", () => {
  it("passes over headers of another Node", () => {
    const [other, own] = ["108", "115"].map((abi) => {
      const dir = scratch();
      mkdirSync(join(dir, "include/node"), { recursive: true });
      writeFileSync(join(dir, "include/node/node_version.h"), `#define NODE_MODULE_VERSION ${abi}\n`);
      return dir;
    });
    expect(matchingPrefix([undefined, "/nowhere", other, own], "115")).toBe(own);
    expect(matchingPrefix([other], "115")).toBeUndefined();
  });
});

describe("loadProblem", () => {
  it("names what is wrong with a file that is no addon, without falling with it", async () => {
    const file = join(scratch(), "torn.node");
    writeFileSync(file, "\x7fELF");
    expect(await loadProblem("hnswlib-node", file, process.cwd())).toMatch(/torn\.node|ELF|file too short/);
  });
});

describe("run", () => {
  it("keeps the end of what a quiet command said for the error", async () => {
    const failing = run("sh", ["-c", "echo compiler says no >&2; exit 3"], { quiet: true, fix: "Do this." });
    await expect(failing).rejects.toMatchObject({ code: "COMMAND_FAILED", fix: "Do this." });
    await expect(failing).rejects.toThrow(/exit status 3\ncompiler says no/);
  });

  it("reports a command that does not exist", async () => {
    await expect(run("no-such-command-here", [])).rejects.toMatchObject({ code: "COMMAND_FAILED" });
    expect(capture("no-such-command-here", []).ok).toBe(false);
  });
});

describe("Report", () => {
  it("says how long each step took and whether anything had to be made", async () => {
    let clock = 0;
    const report = new Report(
      () => {},
      () => clock,
    );
    const step = (name, ms, outcome) =>
      report.step(name, async () => {
        clock += ms;
        return outcome;
      });
    await step("system packages", 40, "all there");
    expect(report.closing()).toMatch(/ready +0\.0 s {2}\(warm\)/);
    await step("native addons", 61_000, "x compiled");
    expect(report.closing()).toMatch(/native addons +61\.0 s {2}x compiled\n +ready +61\.0 s {2}\(cold\)/);
  });
});
