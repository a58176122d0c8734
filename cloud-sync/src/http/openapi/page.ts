import type { OpenApi, Operation } from "./document.js";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (value: unknown): string => String(value).replace(/[&<>"]/g, (c) => escapes[c] ?? c);

export const pageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
summary { cursor: pointer; padding: .3rem 0; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { overflow: auto; max-height: 24rem; padding: .75rem; border: 1px solid #8886; border-radius: .5rem; }
b { display: inline-block; min-width: 4.5rem; }
i { opacity: .7; }
`;

const json = (title: string, value: unknown): string =>
  value === undefined ? "" : `<h4>${title}</h4><pre>${text(JSON.stringify(value, null, 2))}</pre>`;

const operation = (method: string, path: string, of: Operation): string => `<details>
<summary><b>${text(method.toUpperCase())}</b> <code>${text(path)}</code> ${text(of.summary)} <i>${text(of["x-role"])}</i></summary>
${json("Parameters", of.parameters)}${json("Body", of.requestBody)}${json("Answers", of.responses)}
</details>`;

/** The description for people: one file, without scripts. */
export function docsPage(document: OpenApi): string {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ path, method, of })),
  );
  const tags = [...new Set(all.flatMap(({ of }) => of.tags))];
  const parts = tags.map((tag) => {
    const own = all.filter(({ of }) => of.tags.includes(tag));
    return `<h2>${text(tag)}</h2>\n${own.map(({ method, path, of }) => operation(method, path, of)).join("\n")}`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tillsight headquarters: API</title><style>${pageStyle}</style>
<h1>Tillsight headquarters: API</h1>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>. The word at a line's end is the least role that it needs.</p>
${parts.join("\n")}
</html>
`;
}
