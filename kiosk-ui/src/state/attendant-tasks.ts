import type { Basket, LineItem } from "@tillsight/contracts";

export interface AttendantTaskItem {
  readonly kind: "doubt" | "refused" | "age";
  readonly line: LineItem;
}

/** What waits for the attendant, money first: lines in doubt, refused lines, age checks. */
export function attendantTasks({ lines }: Basket): AttendantTaskItem[] {
  const of = (kind: AttendantTaskItem["kind"], fits: (line: LineItem) => boolean) =>
    lines.filter((line) => line.till !== "voided" && fits(line)).map((line) => ({ kind, line }));
  return [
    ...of("doubt", (line) => line.till === "inDoubt"),
    ...of("refused", (line) => line.till === "refused"),
    ...of("age", (line) => line.need === "ageApproval"),
  ];
}
