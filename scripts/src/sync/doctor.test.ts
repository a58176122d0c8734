import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mosquittoAcl, mosquittoPassword } from "@tillsight/cloud-sync";
import { type Finding, headquartersRights } from "@tillsight/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mosquitto, mosquittoPath, startMosquitto } from "../prove/sync/mosquitto.js";

const main = fileURLToPath(new URL("../../../cloud-sync/dist/main.js", import.meta.url));

/** What the command finds about the broker, and its exit code. */
async function doctor(args: readonly string[]): Promise<{ broker: Finding | undefined; code: number }> {
  const run = promisify(execFile)(process.execPath, [main, "doctor", "--json", ...args]);
  const { stdout, code } = await run.then(
    (done) => ({ stdout: done.stdout, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  const findings = JSON.parse(stdout) as Finding[];
  return { broker: findings.find(({ check }) => check === "broker"), code };
}

const name = "cloud-sync doctor at a real mosquitto";
describe.skipIf(!mosquittoPath())(
  mosquittoPath() ? name : `${name} (skipped: install Debian's package mosquitto)`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), "tillsight-doctor-"));
    let mosquitto: Mosquitto;
    beforeAll(async () => {
      const mute = { ...headquartersRights, publish: ["tillsight/+/catalog/+"] };
      const acl = mosquittoAcl([
        { username: "headquarters", rights: headquartersRights },
        { username: "mute", rights: mute },
      ]);
      const passwords = ["headquarters", "mute"].map((user) => mosquittoPassword(user, "right"));
      mosquitto = await startMosquitto({ dir: join(dir, "mosquitto"), users: { passwords, acl } });
    });
    afterAll(async () => {
      await mosquitto.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    test.each([
      ["headquarters", "right", "ok", "subscribe and publish", 0],
      ["mute", "right", "failure", "publish to tillsight/doctor/lane/doctor/", 1],
      ["headquarters", "wrong", "failure", "refuses the user or password", 1],
    ])("as %s with the %s password: %s, %s", async (user, password, state, detail, code) => {
      const file = join(dir, "password");
      writeFileSync(file, password);
      const found = await doctor([
        ...["--data", join(dir, "data"), "--broker-url", mosquitto.url],
        ...["--broker-user", user, "--broker-password-file", file],
      ]);
      expect(found).toMatchObject({ broker: { state, detail: expect.stringContaining(detail) }, code });
    });
  },
);
