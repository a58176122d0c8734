import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const monitoringDir = fileURLToPath(new URL("../../../docs/monitoring/", import.meta.url));
export const shippedMonitoring = ["alerts.yml", "headquarters.dashboard.json", "lane.dashboard.json"];

/** Names of metrics that files use, each file with its own. */
export const metricsNamed = (files: readonly string[]): [file: string, names: string[]][] =>
  files.map((file) => {
    const text = readFileSync(`${monitoringDir}${file}`, "utf8");
    return [file, [...new Set(text.match(/\btillsight_[a-z0-9_]+/g))]];
  });

/** Names under which a /metrics page gives figures: a histogram has three. */
export async function metricsOf(url: URL, token?: string): Promise<string[]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const text = await (await fetch(url, { headers })).text();
  return [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = "", type]) =>
    type === "histogram" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
}
