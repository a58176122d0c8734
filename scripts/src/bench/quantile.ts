export { quantile } from "@tillsight/edge-daemon";

/** For tables: three significant digits. */
export const figure = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "-";
