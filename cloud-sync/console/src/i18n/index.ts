import { chooseLocale } from "@tillsight/look";
import { de } from "./de/index.js";
import { en } from "./en/index.js";

/** Every text of the console. A language is one object of this type; the compiler finds what is missing. */
export type Strings = typeof en;

/** Languages that the page speaks, by BCP 47 primary tag. */
export const languages = { en, de } as const satisfies Record<string, Strings>;
export type Locale = keyof typeof languages;
export const locales = Object.keys(languages) as Locale[];

/** The first of the wanted languages that the page speaks; English when it speaks none. */
export const pickLocale = (wanted: readonly (string | null)[]): Locale => chooseLocale(locales, wanted, "en");
