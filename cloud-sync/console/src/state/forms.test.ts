import { Product } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { mergeChanges } from "./merge.js";
import { pickModelFiles } from "./model-files.js";
import { emptyForm, formOf, type ProductForm, readForm, type Wrong } from "./product-form.js";
import { type RolloutForm, readRollout, stageForm } from "./rollout-form.js";

const full = Product.parse({
  ...{
    sku: "mug",
    name: "Mug",
    names: { de: "Tasse" },
    unit: "each",
    price: { minor: 799, currency: "EUR" },
  },
  prices: [
    {
      price: { minor: 599, currency: "EUR" },
      validFrom: "2026-06-01T00:00:00.000Z",
      validUntil: "2026-07-01T00:00:00.000Z",
    },
  ],
  ...{
    taxRateBp: 770,
    gtins: ["4006381333931"],
    plu: "4011",
    tareGrams: 12,
    unitGrams: 250,
    unitToleranceGrams: 5,
    minAge: 18,
    image: null,
  },
});

describe("a product's form", () => {
  it.each(["en", "de"])("gives back the very product that it was made of (%s)", (locale) => {
    expect(readForm(formOf(full, locale))).toEqual({ product: full });
  });

  const good: ProductForm = { ...emptyForm("EUR"), sku: "x", name: "X", price: "1", tax: "7" };
  const wrongs: [situation: string, part: Partial<ProductForm>, field: string, wrong: Wrong][] = [
    ["no SKU", { sku: " " }, "sku", "missing"],
    ["a SKU with a blank", { sku: "a b" }, "sku", "sku"],
    ["no name", { name: "" }, "name", "missing"],
    ["a name that is too long", { name: "x".repeat(121) }, "name", "tooLong"],
    ["no price", { price: "" }, "price", "missing"],
    ["a price that is none", { price: "free" }, "price", "amount"],
    ["a tax that is none", { tax: "7.777" }, "tax", "percent"],
    ["a tax above a hundred", { tax: "101" }, "tax", "percent"],
    ["a barcode with a wrong check digit", { gtins: "4006381333932" }, "gtins", "gtin"],
    ["a PLU with letters", { plu: "40x1" }, "plu", "plu"],
    ["half a gram", { tare: "0.5" }, "tare", "grams"],
    ["an age of nothing", { minAge: "0" }, "minAge", "age"],
    ["a language that is none", { names: [{ tag: "german", name: "X" }] }, "names.0.tag", "tag"],
    [
      "a language twice",
      {
        names: [
          { tag: "de", name: "X" },
          { tag: "de", name: "Y" },
        ],
      },
      "names.1.tag",
      "twice",
    ],
    [
      "a timed price without a beginning",
      { prices: [{ price: "1", from: "", until: "" }] },
      "prices.0.from",
      "time",
    ],
    [
      "a timed price that ends before it begins",
      { prices: [{ price: "1", from: "2026-06-02T00:00", until: "2026-06-01T00:00" }] },
      "prices.0.until",
      "timeOrder",
    ],
  ];
  it.each(wrongs)("names the field: %s", (_, part, field, wrong) => {
    expect(readForm({ ...good, ...part }).errors).toEqual({ [field]: wrong });
  });

  it("passes over rows that were left empty, and takes barcodes however they are separated", () => {
    const form = {
      ...good,
      names: [{ tag: "", name: "" }],
      gtins: " 4006381333931, 96385074\n4006381333931",
    };
    expect(readForm(form).product).toMatchObject({ names: {}, gtins: ["4006381333931", "96385074"] });
  });
});

describe("two people's changes of one record", () => {
  const base = { a: 1, b: [1], c: "x" };
  const cases: [
    situation: string,
    mine: typeof base,
    theirs: typeof base,
    merged: object,
    clashes: string[],
  ][] = [
    [
      "of different fields fit together",
      { ...base, a: 2 },
      { ...base, c: "y" },
      { a: 2, b: [1], c: "y" },
      [],
    ],
    ["that are the same are one", { ...base, a: 2 }, { ...base, a: 2 }, { ...base, a: 2 }, []],
    [
      "of one field clash, and mine stands first",
      { ...base, b: [2] },
      { ...base, b: [3] },
      { ...base, b: [2] },
      ["b"],
    ],
  ];
  it.each(cases)("%s", (_, mine, theirs, merged, clashes) => {
    const merge = mergeChanges(base, mine, theirs);
    expect(merge.merged).toEqual(merged);
    expect(merge.clashes.map(({ field }) => field)).toEqual(clashes);
  });
});

it("a network is one manifest and one file of weights, in either order", () => {
  const files = (...names: string[]) => names.map((name) => ({ name }));
  const both = { manifest: { name: "a.json" }, weights: { name: "a.ONNX" } };
  expect(pickModelFiles(files("a.ONNX", "a.json"))).toEqual(both);
  for (const names of [
    ["a.json"],
    ["a.onnx"],
    ["a.json", "b.json", "a.onnx"],
    ["a.json", "a.onnx", "x.txt"],
    [],
  ])
    expect(pickModelFiles(files(...names))).toBeNull();
});

describe("a rollout's form", () => {
  const form: RolloutForm = {
    ...{ name: "Friday", kind: "catalog", lsn: "12", undoToLsn: "", model: "", onError: "pause" },
    stages: [stageForm("Canary", ["canary", "north/lane-1"]), stageForm("", ["*"])],
  };

  it("tells groups from terminals and minutes from seconds", () => {
    expect(readRollout(form)).toMatchObject({
      body: {
        target: { kind: "catalog", lsn: 12 },
        stages: [
          { name: "Canary", groups: ["canary"], terminals: ["north/lane-1"], soakSeconds: 600 },
          { name: "2", groups: ["*"], terminals: [] },
        ],
      },
    });
  });

  it("undoes changes after an earlier LSN only", () => {
    expect(readRollout({ ...form, undoToLsn: "11" })).toMatchObject({ body: { target: { undoToLsn: 11 } } });
    for (const undoToLsn of ["12", "x", "1.5"])
      expect(readRollout({ ...form, undoToLsn })).toEqual({ errors: { undoToLsn: "undo" } });
  });

  it("names what is missing, by stage", () => {
    const wrong = {
      ...form,
      name: " ",
      lsn: "1.5",
      stages: [{ ...stageForm("x", []), errorPercent: "200" }],
    };
    expect(readRollout(wrong)).toEqual({
      errors: { name: "name", lsn: "lsn", "stages.0.members": "members", "stages.0.errorPercent": "percent" },
    });
  });
});
