import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QUICK } from "../../testing/till/bench-till.js";
import { openPtyPair, type PtyPair, PtyPairError } from "../../testing/till/pty-pair.js";
import { ascii, text } from "../bytes.js";
import { PosSettings } from "../settings.js";
import { SerialLink } from "./serial-link.js";

let pair: PtyPair;
let links: SerialLink[];
beforeEach(async () => {
  pair = await openPtyPair();
  links = [];
});
afterEach(async () => {
  for (const link of links) await link.stop();
  await pair.close();
});

const linkTo = (path: string): SerialLink => {
  const link = new SerialLink(PosSettings.parse({ ...QUICK, path }));
  links.push(link);
  return link;
};

describe("serial link", () => {
  it("carries bytes both ways", async () => {
    const [lane, till] = [linkTo(pair.lane), linkTo(pair.till)];
    const heard: string[] = [];
    till.onBytes((chunk) => heard.push(text(chunk)));
    await Promise.all([lane.start(), till.start()]);
    expect(await lane.write(ascii("4011\r"))).toEqual({ kind: "written" });
    await expect.poll(() => heard.join("")).toBe("4011\r");
  });

  it("names the fix for a path where nothing is, and opens it when it comes", async () => {
    const lane = linkTo(pair.lane);
    await pair.unplug();
    await lane.start();
    expect(lane.isOpen()).toBe(false);
    expect(lane.fault()).toMatchObject({
      code: "TILL_PORT_MISSING",
      fix: expect.stringContaining("till.path"),
    });
    expect(await lane.write(ascii("x"))).toMatchObject({ kind: "notOpen" });
    await pair.replug();
    await expect.poll(() => lane.isOpen()).toBe(true);
    expect(lane.fault()).toBeNull();
  });

  it("opens itself again, under the same name, each time it was unplugged", async () => {
    const lane = linkTo(pair.lane);
    const states: boolean[] = [];
    lane.onState(() => states.at(-1) !== lane.isOpen() && states.push(lane.isOpen()));
    await lane.start();
    for (let round = 0; round < 3; round++) {
      await pair.unplug();
      await expect.poll(() => lane.isOpen()).toBe(false);
      await pair.replug();
      await expect.poll(() => lane.isOpen()).toBe(true);
    }
    expect(states).toEqual([true, false, true, false, true, false, true]);
  });

  it("says that another program has the port", async () => {
    const [first, second] = [linkTo(pair.lane), linkTo(pair.lane)];
    await first.start();
    await second.start();
    expect(second.fault()).toMatchObject({ code: "TILL_PORT_IN_USE", fix: expect.stringContaining("fuser") });
    await first.stop();
    await expect.poll(() => second.isOpen()).toBe(true);
  });

  it("says what group opens a port that is not ours", async () => {
    const lane = linkTo(pair.lane);
    const root = process.geteuid?.() === 0;
    await chmod(pair.lane, root ? 0o600 : 0o000);
    // Root may open anything, so somebody else has to try.
    if (root) process.seteuid?.(65_534);
    await lane.start();
    if (root) process.seteuid?.(0);
    expect(lane.fault()).toMatchObject({
      code: "TILL_PORT_FORBIDDEN",
      fix: expect.stringContaining("dialout"),
    });
  });

  it("says that a file is no serial port", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tillsight-file-"));
    await writeFile(join(folder, "tty"), "");
    const lane = linkTo(join(folder, "tty"));
    await lane.start();
    expect(describeError(lane.fault())).toMatch(/cannot be used: it is not a device\. Set till\.path/);
    await rm(folder, { recursive: true });
  });

  it("gives up a write that nobody takes, in bounded time, and tries the port afresh", async () => {
    const lane = linkTo(pair.lane);
    await lane.start();
    let result = await lane.write(new Uint8Array(8000));
    for (let i = 0; i < 20 && result.kind === "written"; i++) result = await lane.write(new Uint8Array(8000));
    expect(result).toMatchObject({ kind: "broken", reason: expect.stringContaining("took no bytes") });
    await expect.poll(() => lane.isOpen()).toBe(true);
  });

  it("stops twice, also while nothing is there to stop", async () => {
    const lane = linkTo(pair.lane);
    await lane.stop();
    await lane.start();
    await lane.stop();
    await lane.stop();
    expect(lane.isOpen()).toBe(false);
    await pair.unplug();
    await lane.start();
    await lane.stop();
  });
});

describe("pair of pseudo-terminals", () => {
  it("names the package when socat is missing", async () => {
    const path = process.env.PATH;
    process.env.PATH = "";
    try {
      await expect(openPtyPair()).rejects.toMatchObject({
        fix: expect.stringContaining("apt-get install -y socat"),
      });
    } finally {
      process.env.PATH = path;
    }
  });

  it("does not replace a file by its link", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tillsight-file-"));
    const lane = join(folder, "lane");
    await writeFile(lane, "mine");
    await expect(openPtyPair({ lane })).rejects.toBeInstanceOf(PtyPairError);
    await rm(folder, { recursive: true });
  });
});
