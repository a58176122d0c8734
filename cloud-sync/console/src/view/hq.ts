import { formatMoney, type Money } from "@tillsight/contracts";
import { createContext, useContext } from "react";
import type { Client } from "../api/client.js";
import type { Session, Store } from "../api/schemas.js";
import type { SessionKeeper } from "../api/session-keeper.js";
import type { Locale, Strings } from "../i18n/index.js";

export interface Toast {
  readonly text: string;
  readonly undo?: () => void;
}

export interface Hq {
  readonly t: Strings;
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
  readonly keeper: SessionKeeper;
  readonly session: Session;
  /** May change products, prices and photos. */
  readonly mayEdit: boolean;
  /** May also change people, tokens and lanes. */
  readonly mayRule: boolean;
  readonly stores: readonly Store[];
  readonly reloadStores: () => void;
  readonly say: (toast: Toast) => void;
}

export const HqContext = createContext<Hq | null>(null);

export interface HqUse extends Hq {
  readonly client: Client;
  readonly price: (money: Money) => string;
  readonly storeLabel: (name: string) => string;
}

/** Headquarters as a page of somebody who is signed in sees it. */
export function useHq(): HqUse {
  const hq = useContext(HqContext);
  if (!hq) throw new TypeError("useHq belongs inside HqContext");
  return {
    ...hq,
    client: hq.keeper.client,
    price: (money) => formatMoney(money, hq.locale),
    storeLabel: (name) => hq.stores.find((store) => store.name === name)?.label ?? name,
  };
}
