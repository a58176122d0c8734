import sharp from "sharp";
import { expect, it } from "vitest";
import { SuspectedPictures } from "./suspected-pictures.js";

const crop = { width: 20, height: 10, data: new Uint8Array(600).fill(90) };
const found = { itemId: "item-1", probability: 0.97, carrier: "print", crop } as const;
const lineBy = (source: "recognition" | "attendant") =>
  ({ lines: [{ trayItemId: "item-1", source }] }) as never;

it("a suspect is told of with its picture until it is taken away", async () => {
  const suspects = new SuspectedPictures();
  suspects.found(found);
  expect(suspects.now({ lines: [] })).toEqual([{ itemId: "item-1", probability: 0.97, carrier: "print" }]);
  const jpeg = await suspects.picture("item-1");
  expect(await sharp(jpeg ?? undefined).metadata()).toMatchObject({ format: "jpeg", width: 20, height: 10 });
  suspects.onTray(["item-2"]);
  expect([suspects.now({ lines: [] }), await suspects.picture("item-1")]).toEqual([[], null]);
});

it("what an attendant has named is settled; a shopper's word leaves it to the attendant", () => {
  const suspects = new SuspectedPictures();
  suspects.found(found);
  expect(suspects.now(lineBy("attendant"))).toEqual([]);
  expect(suspects.now(lineBy("recognition"))).toHaveLength(1);
});
