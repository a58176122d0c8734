import Papa from "papaparse";

/** A line of a price list: what names the product (SKU or barcode), and the amount as it was written. */
export interface PriceLine {
  readonly line: number;
  readonly key: string;
  readonly amount: string;
}

export interface PriceList {
  readonly lines: readonly PriceLine[];
  /** No column could be told to hold prices, or no line was there. */
  readonly unreadable: boolean;
}

const keyNames = /^(sku|artikel(nummer)?|art\.?-?nr\.?|item|number|nummer|gtin|ean|barcode|code|plu)$/i;
const priceNames = /^(price|preis|vk|amount|betrag|new ?price|neuer ?preis)$/i;

/**
 * Reads what was pasted from a spreadsheet or a CSV file. With a heading the columns are found by their names,
 * otherwise the first one names the product and the last one is the price.
 */
export function readPriceList(text: string): PriceList {
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, "").trim(), {
    skipEmptyLines: "greedy",
    // Guessing between them fails on decimals with a comma.
    delimiter: text.includes("\t")
      ? "\t"
      : text.includes(";")
        ? ";"
        : /[^\S\n]/.test(firstLine(text)) && !text.includes(",")
          ? " "
          : ",",
  });
  const rows = data.map((cells) => cells.map((cell) => cell.trim()));
  const head = rows[0] ?? [];
  const hasHead = head.some((cell) => keyNames.test(cell) || priceNames.test(cell));
  const [keyAt, priceAt] = hasHead
    ? [head.findIndex((cell) => keyNames.test(cell)), head.findIndex((cell) => priceNames.test(cell))]
    : [0, head.length - 1];
  if (keyAt < 0 || priceAt < 0 || keyAt === priceAt) return { lines: [], unreadable: true };
  const lines = rows.slice(hasHead ? 1 : 0).map((cells, i) => ({
    line: i + (hasHead ? 2 : 1),
    key: cells[keyAt] ?? "",
    amount: cells[priceAt] ?? "",
  }));
  return { lines: lines.filter(({ key }) => key !== ""), unreadable: lines.length === 0 };
}

const firstLine = (text: string): string => text.trim().split("\n", 1)[0] ?? "";
