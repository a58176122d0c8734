import type { TelemetrySample } from "@tillsight/contracts";
import type { Registry } from "prom-client";

/** Of Node's own metrics only these are worth the way. */
const ownProcess = new Set([
  "tillsight_process_process_resident_memory_bytes",
  "tillsight_process_process_cpu_seconds_total",
  "tillsight_process_nodejs_eventloop_lag_p99_seconds",
]);

/** The lane's metrics as flat figures: a histogram is its sum and its count, labels become part of the name. */
export async function sampleOf(registry: Registry, at: number): Promise<TelemetrySample> {
  const values: Record<string, number> = {};
  for (const metric of await registry.getMetricsAsJSON()) {
    if (metric.name.startsWith("tillsight_process_") && !ownProcess.has(metric.name)) continue;
    for (const sample of metric.values) {
      const name = "metricName" in sample ? String(sample.metricName) : metric.name;
      if (name.endsWith("_bucket") || !Number.isFinite(sample.value)) continue;
      const labels = Object.values(sample.labels ?? {}).map((label) => `.${label}`);
      values[`${name}${labels.join("")}`.replaceAll(/[^A-Za-z0-9_:.]/g, "_").slice(0, 120)] = sample.value;
    }
  }
  return { at, values };
}
