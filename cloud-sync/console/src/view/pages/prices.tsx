import { useState } from "react";
import { runImport } from "../../api/imports.js";
import { newId } from "../../api/new-id.js";
import { readDetails } from "../../api/products.js";
import type { ImportReport, ProductDetail } from "../../api/schemas.js";
import type { PriceLine } from "../../state/price-list.js";
import { effective, importText, type Period, planPrices, type Scope } from "../../state/price-plan.js";
import { useHq } from "../hq.js";
import { PageFrame } from "../parts/page.js";
import { PriceArrival } from "../parts/price-arrival.js";
import { PriceInput } from "../parts/price-input.js";
import { PricePreview } from "../parts/price-preview.js";
import { useUnsaved } from "../router.js";
import { useTask } from "../use-task.js";

export interface Wish {
  readonly lines: readonly PriceLine[];
  readonly scope: Scope;
  readonly period: Period;
}

type Step =
  | { readonly at: "input" }
  | {
      readonly at: "preview";
      readonly wish: Wish;
      readonly details: ReadonlyMap<string, ProductDetail>;
      readonly report: ImportReport | null;
    }
  | { readonly at: "done"; readonly report: ImportReport; readonly scope: Scope; readonly count: number };

/** New prices in three steps: what, what it would do, and how it reaches the lanes. */
export function PricesPage() {
  const { t, client } = useHq();
  const [step, setStep] = useState<Step>({ at: "input" });
  const [last, setLast] = useState<Wish | null>(null);
  const [progress, setProgress] = useState(0);
  const task = useTask();
  useUnsaved(step.at === "preview", t.common.leaveQuestion);

  const send = (wish: Wish, details: ReadonlyMap<string, ProductDetail>, dryRun: boolean) => {
    const changes = effective(planPrices(wish.lines, details, wish.scope, Date.now()));
    if (changes.length === 0) return null;
    return runImport(client, {
      ...{ id: newId(), file: t.prices.fileName, dryRun, type: "application/x-ndjson" },
      kind: wish.scope === null ? "products" : "overrides",
      body: importText(changes, wish.scope, wish.period),
    });
  };
  const preview = (wish: Wish) =>
    task.run(async () => {
      setLast(wish);
      setProgress(0);
      const keys = wish.lines.map(({ key }) => key);
      const details = await readDetails(client, keys, undefined, setProgress);
      const report = await send(wish, details, true);
      setStep({ at: "preview", wish, details, report });
    });
  const apply = (wish: Wish, details: ReadonlyMap<string, ProductDetail>) =>
    task.run(async () => {
      const report = await send(wish, details, false);
      if (!report) return;
      if (report.state === "done")
        setStep({ at: "done", report, scope: wish.scope, count: report.changed + report.created });
      else setStep({ at: "preview", wish, details, report });
    });
  return (
    <PageFrame title={t.menu.prices} hint={t.prices.hint}>
      <ol className="steps" aria-label={t.prices.steps}>
        {(["input", "preview", "done"] as const).map((name) => (
          <li key={name} aria-current={step.at === name ? "step" : undefined}>
            {t.prices.stepNames[name]}
          </li>
        ))}
      </ol>
      {step.at === "input" && <PriceInput last={last} task={task} progress={progress} onPreview={preview} />}
      {step.at === "preview" && (
        <PricePreview
          {...step}
          task={task}
          onBack={() => setStep({ at: "input" })}
          onApply={() => apply(step.wish, step.details)}
        />
      )}
      {step.at === "done" && (
        <PriceArrival
          {...step}
          onNew={() => {
            setLast(null);
            setStep({ at: "input" });
          }}
        />
      )}
    </PageFrame>
  );
}
