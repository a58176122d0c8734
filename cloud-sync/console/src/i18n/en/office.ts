import { count } from "../count.js";
import type { ByCode } from "./common.js";

export interface Report {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
}

const counts = ({ created, changed, unchanged, removed }: Report): string =>
  [
    `${created} new`,
    `${changed} changed`,
    `${unchanged} as before`,
    ...(removed > 0 ? [`${removed} removed`] : []),
  ].join(", ");

export const files = {
  importTitle: "Import",
  importHint:
    "A CSV file or JSON Lines. All of it goes in, or nothing: wrong lines are named, and you can mend them.",
  drop: "Drag a file here, or click to choose",
  size: (bytes: number) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`),
  what: "What",
  kinds: { products: "Products", overrides: "What stores do otherwise" },
  encoding: "Characters",
  windows: "Windows (if umlauts look wrong)",
  replace: "Delete products that the file does not name",
  tryFirst: "Try without changing anything",
  import: "Import",
  reading: (lines: number) => `Reading: ${count(lines, "line", "lines")}`,
  applying: (done: number, all: number) => `${done} of ${all} lines compared`,
  exportTitle: "Export",
  format: "Format",
  excel: "CSV for Excel",
  download: "Download",
  pastTitle: "Earlier imports",
  none: "Nothing was imported yet",
  states: {
    reading: "reading",
    applying: "running",
    done: "imported",
    checked: "only tried",
    refused: "refused",
    failed: "failed",
  },
  outcome: {
    reading: "Reading",
    applying: "Running",
    done: "Imported",
    checked: "The file fits. Nothing has been changed yet.",
    refused: "Nothing was imported: some lines do not fit.",
    failed: "Nothing was imported.",
  },
  counts,
  summary: counts,
  errorCount: (n: number) => count(n, "error", "errors"),
  line: "Line",
  column: "Column",
  wrong: "What is wrong",
  moreErrors: (n: number) => `Show more (${n})`,
};

const fields: ByCode = {
  name: "Name",
  names: "Names",
  unit: "Sold",
  price: "Price",
  prices: "Prices for a time",
  taxRateBp: "Tax (1/100 %)",
  gtins: "Barcodes",
  plu: "PLU",
  tareGrams: "Tare (g)",
  unitGrams: "Weight of a piece (g)",
  unitToleranceGrams: "Weight, more or less (g)",
  minAge: "Age from",
  image: "Shelf picture",
  available: "Sold here",
};

export const history = {
  hint: "Who changed what and when. Nothing is ever removed from it.",
  ofOneImport: "Everything that one import changed.",
  who: "Who",
  what: "What",
  all: "All",
  none: "No changes fit",
  kinds: { product: "Product", override: "Store", reference: "Photo" },
  verbs: { added: "added", changed: "changed", removed: "removed" },
  inStore: (store: string) => `in ${store}`,
  fields,
};

const kinds: ByCode = {
  "set-up": "Headquarters was set up",
  "setup-link": "Link for a new password",
  "sign-in": "Signed in",
  "sign-in-failed": "Could not sign in",
  "sign-out": "Signed out",
  "user-created": "User added",
  "user-changed": "User changed",
  "password-changed": "New password",
  "user-removed": "User deleted",
  "token-created": "Token made",
  "token-revoked": "Token revoked",
};

export const people = {
  onlyAdmins: "Only administrators see this page",
  usersTitle: "Users",
  addUser: "Add user",
  you: "you",
  lastSignedIn: "signed in",
  neverSignedIn: "never signed in",
  disabled: "locked",
  disable: "Locked: cannot sign in",
  role: "Role",
  roleHints: {
    viewer: "Sees everything but pictures from stores; changes nothing.",
    editor: "Also changes products, prices and photos.",
    admin: "Also lanes, rollouts, users and tokens.",
  },
  nameHint: "Small letters and digits, or an e-mail address.",
  passwordStays: "Empty: it stays as it is.",
  makeLink: "Link for a new password",
  linkHint: "Give this link to them. It works once and within a day:",
  remove: "Delete",
  removeQuestion: (name: string) => `Delete ${name}? They can no longer sign in.`,
  removed: (name: string) => `${name} was deleted`,
  tokensTitle: "Tokens",
  tokensHint: "For programs that use headquarters, such as your merchandise management.",
  addToken: "Make a token",
  makeToken: "Make it",
  tokenName: "What is it for?",
  tokenNameHint: "Such as “nightly import”.",
  tokenOnce: "Copy it now: it is not shown again.",
  tokenRoles: { terminal: "Lane", viewer: "Viewer", editor: "Editor", admin: "Administrator" },
  lifetime: "Valid for",
  days: (n: number) => `${n} days`,
  forever: "until it is revoked",
  used: "used",
  neverUsed: "never used",
  expires: "ends",
  revokeQuestion: (name: string) => `Revoke ${name}? Programs that use it stop working.`,
  revoked: (name: string) => `${name} was revoked`,
  logTitle: "What happened",
  kinds,
};
