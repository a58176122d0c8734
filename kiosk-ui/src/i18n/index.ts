import { chooseLocale } from "@tillsight/look";
import { de } from "./de.js";
import { en } from "./en.js";
import type { Strings } from "./strings.js";

export type { Strings } from "./strings.js";

/** Languages that the page speaks, by BCP 47 primary tag. */
export const languages = { en, de } as const satisfies Record<string, Strings>;
export type Locale = keyof typeof languages;
export const locales = Object.keys(languages) as Locale[];

/** The first of the wanted languages that the page speaks; English when it speaks none. */
export const pickLocale = (wanted: readonly (string | null)[]): Locale => chooseLocale(locales, wanted, "en");
