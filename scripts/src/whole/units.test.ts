import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = join(root, "systemd");
const units = readdirSync(folder).filter((name) => name.endsWith(".service"));
const there = spawnSync("systemd-analyze", ["--version"]).status === 0;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-units-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The unit as it is on this machine: with its Node, and this checkout as the place of installation. */
const here = (name: string): string =>
  readFileSync(join(folder, name), "utf8")
    .replaceAll("/usr/bin/node", process.execPath)
    .replaceAll("/opt/tillsight/", root);

/** What systemd complains about; "" when it is content. Unknown settings are no error to it, so its words count. */
function complaints(name: string, text: string): string {
  const file = join(dir, basename(name));
  writeFileSync(file, text);
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
  const own = stderr.split("\n").filter((line) => line.includes(name));
  return own.join("\n") || (status === 0 ? "" : stderr);
}

const title = "units of systemd";
describe.skipIf(!there)(there ? title : `${title} (skipped: install Debian's package systemd)`, () => {
  test("there is one for the lane and one for headquarters", () => {
    expect(units.sort()).toEqual(["tillsight-headquarters.service", "tillsight.service"]);
  });

  describe.each(units)("%s", (name) => {
    test("is verified by systemd without a word", () => {
      expect(complaints(name, here(name))).toBe("");
    });

    test("starts a program of this repository", () => {
      const [, program = ""] = /^ExecStart=\S+ (\S+)/m.exec(here(name)) ?? [];
      expect(existsSync(program), program).toBe(true);
    });

    test.each([
      ["a setting that is misspelt", (text: string) => text.replace("PrivateTmp=", "PrivatTmp=")],
      ["a value that is none", (text: string) => text.replace(/^Restart=.*/m, "Restart=sometimes")],
      [
        "a program that is not there",
        (text: string) => text.replace(process.execPath, "/usr/bin/no-such-node"),
      ],
    ])("with %s it would be told", (_, damage) => {
      const damaged = damage(here(name));
      expect(damaged).not.toBe(here(name));
      expect(complaints(name, damaged)).not.toBe("");
    });
  });
});
