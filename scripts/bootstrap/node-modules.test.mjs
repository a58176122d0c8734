import { describe, expect, it } from "vitest";
import { npmCommand, treeProblem } from "./node-modules.mjs";
import { nodeProblem } from "./node-version.mjs";

const wanted = {
  "": { name: "root" },
  contracts: { name: "@tillsight/contracts" },
  "node_modules/zod": { version: "4.0.0", integrity: "sha512-a" },
  "node_modules/@img/sharp-win32": { version: "1.0.0", optional: true },
};
const whole = { "node_modules/zod": { version: "4.0.0", integrity: "sha512-a" } };
const there = () => true;

describe("treeProblem", () => {
  const cases = [
    ["is content with the tree that was asked for", whole, there, undefined],
    ["sees that an install never finished", undefined, there, "node_modules is missing or incomplete"],
    ["sees a package that was added to the lock", {}, there, "node_modules/zod is not installed"],
    [
      "sees another version",
      { "node_modules/zod": { version: "3.9.0", integrity: "sha512-b" } },
      there,
      "node_modules/zod is 3.9.0, package-lock.json asks for 4.0.0",
    ],
    [
      "sees another content under the same version",
      { "node_modules/zod": { version: "4.0.0", integrity: "sha512-b" } },
      there,
      "node_modules/zod is 4.0.0, package-lock.json asks for 4.0.0",
    ],
    ["sees a folder that was deleted by hand", whole, () => false, "node_modules/zod was deleted"],
  ];
  it.each(cases)("%s", (_name, present, exists, want) => {
    expect(treeProblem(wanted, present, exists)).toBe(want);
  });
});

describe("npmCommand", () => {
  it("uses the npm that runs the script, and not another package manager", () => {
    expect(npmCommand({ npm_execpath: "/x/npm-cli.js" })).toEqual([process.execPath, "/x/npm-cli.js"]);
    expect(npmCommand({ npm_execpath: "/x/yarn.js" })).toEqual(["npm"]);
    expect(npmCommand({})).toEqual(["npm"]);
  });
});

describe("nodeProblem", () => {
  const cases = [
    ["20.19.0", undefined],
    ["20.20.2", undefined],
    ["22.1.0", undefined],
    ["20.9.0", "Node 20.9.0 is too old: Tillsight needs 20.19.0 or newer"],
    ["18.20.4", "Node 18.20.4 is too old: Tillsight needs 20.19.0 or newer"],
  ];
  it.each(cases)("Node %s", (have, want) => expect(nodeProblem(have, "20.19.0")).toBe(want));
});
