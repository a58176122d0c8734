import { crowdings, type TrayPlan } from "./compose.js";

export const traySizes = [3, 5, 8, 10, 12, 15] as const;
/** Trays of ten are what the target speaks of, so more of them are shown. */
const often = 10;

/** `each` trays of every size and crowding, twice as many of ten items; then hands and empty trays. */
export function trayPlans(each: number, sizes: readonly number[] = traySizes): TrayPlan[] {
  const plain = sizes.flatMap((items) =>
    crowdings.flatMap((crowding) =>
      Array.from(
        { length: items === often ? 2 * each : each },
        (): TrayPlan => ({ items, crowding, hand: false }),
      ),
    ),
  );
  const some = Array.from({ length: 2 * each });
  return [
    ...plain,
    ...some.map(
      (_, i): TrayPlan => ({ items: 4 + (i % 6), crowding: crowdings[i % 3] ?? "apart", hand: true }),
    ),
    ...some.map((): TrayPlan => ({ items: 0, crowding: "apart", hand: false })),
    ...some.map((): TrayPlan => ({ items: 0, crowding: "apart", hand: true })),
  ];
}
