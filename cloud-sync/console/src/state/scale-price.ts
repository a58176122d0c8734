import { type Money, scaleMoney } from "@tillsight/contracts";

/** The price changed by so many per cent, in whole minor units and never below nothing. */
export function scaled(price: Money, percent: number): Money {
  const { minor, currency } = scaleMoney(price, 1 + percent / 100);
  return { minor: Math.max(0, minor), currency };
}
