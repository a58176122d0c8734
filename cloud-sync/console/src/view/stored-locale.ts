const key = "tillsight.locale";

/** What was chosen on this browser before; null also where it keeps nothing. */
export function storedLocale(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function storeLocale(locale: string): void {
  try {
    localStorage.setItem(key, locale);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
