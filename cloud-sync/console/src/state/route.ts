/** Pages by the first part of their path; the order is that of the menu. */
export const pages = [
  "products",
  "prices",
  "photos",
  "review",
  "fleet",
  "rollouts",
  "files",
  "history",
  "people",
] as const;
export type Page = (typeof pages)[number];

export interface Route {
  readonly page: Page | "setup";
  /** Parts of the path behind the page's own, decoded. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

/** What a path of this page shows; an unknown one shows the products. */
export function routeOf(path: string, search = ""): Route {
  const [first = "", ...rest] = path.split("/").filter((part) => part !== "");
  const page = first === "setup" ? first : (pages.find((known) => known === first) ?? "products");
  const known = page === first;
  return { page, rest: known ? rest.map(decode) : [], query: new URLSearchParams(search) };
}

export const pathOf = (page: Route["page"], ...rest: readonly string[]): string =>
  ["", page, ...rest.map(encodeURIComponent)].join("/");

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
