import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { RefusalReason } from "@tillsight/contracts";
import { expect, it } from "vitest";
import { frameKinds } from "./frame.js";
import { parseSigningKey, publicKeyText } from "./keys.js";
import { readMessage, sealDelta } from "./messages.js";
import { decodeRow, encodeWithDigest } from "./row.js";
import { fromHex, hex, StateHash } from "./state-hash.js";
import { trusting } from "./test-helpers.js";

const page = readFileSync(new URL("../../../docs/protocols/catalog-sync.md", import.meta.url), "utf8");
const examples = (name: string) =>
  [...page.matchAll(new RegExp(`^${name} +([0-9a-f]+)$`, "gm"))].map((match) => match[1] as string);

/** RFC 8032, 7.1, test 1, in the wrapping of RFC 8410. */
const key = parseSigningKey(
  createPrivateKey({
    ...{ format: "der", type: "pkcs8" },
    key: fromHex(
      "302e020100300506032b657004220420" + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    ),
  })
    .export({ type: "pkcs8", format: "pem" })
    .toString(),
);

it("the page's rows have the page's digests and state hash", () => {
  const rows = examples("row").map((row) => decodeRow(fromHex(row), "e").row);
  const digests = rows.map((row) => encodeWithDigest(row).digest);
  expect(digests.map(hex)).toEqual(examples("digest"));
  const sum = digests.reduce((hash, digest) => hash.add(digest), new StateHash());
  expect(page).toContain(`\`${hex(sum.bytes())}\``);
});

it("the page's delta is what its key signs", () => {
  const [frame] = examples("frame") as [string];
  const message = readMessage(fromHex(frame), "store-1", trusting(key));
  if (message.kind !== "delta") return expect.unreachable();
  expect(message.delta).toMatchObject({ epoch: 1, fromLsn: 0, toLsn: 1, embedderId: "e" });
  expect(hex(sealDelta("store-1", message.delta, key))).toBe(frame);
  expect(page).toContain(`\`${key.publicKey.id}\``);
  expect(page).toContain(`\`${publicKeyText(key.publicKey)}\``);
});

it("the page names every reason of refusal and every kind of frame", () => {
  const reasons = [...page.matchAll(/^\| `([a-zA-Z]+)` \| [^|]+ \| [^|]*\|$/gm)].map((match) => match[1]);
  for (const reason of RefusalReason.options) expect(reasons).toContain(reason);
  for (const [kind, number] of Object.entries(frameKinds))
    expect(page).toMatch(new RegExp(`${number} (?:${kind}|endorsement)`));
});
