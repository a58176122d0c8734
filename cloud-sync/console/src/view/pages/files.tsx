import { useState } from "react";
import type { ImportWish } from "../../api/imports.js";
import { type ImportReport, ImportReports } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { Ago, Badge, type BadgeTone, Empty, WhenLoaded } from "../parts/bits.js";
import { SelectField } from "../parts/field.js";
import { Icon } from "../parts/icon.js";
import { ImportCard } from "../parts/import-card.js";
import { Card, PageFrame } from "../parts/page.js";
import { useLoad } from "../use-load.js";

/** Files in and out: the whole catalog, or what stores do otherwise. */
export function FilesPage() {
  const { t, mayEdit } = useHq();
  const [round, setRound] = useState(0);
  return (
    <PageFrame title={t.menu.files}>
      <div className="columns">
        {mayEdit && <ImportCard onDone={() => setRound(round + 1)} />}
        <div className="stack">
          <ExportCard />
          <PastImports round={round} />
        </div>
      </div>
    </PageFrame>
  );
}

type Kind = ImportWish["kind"];
function ExportCard() {
  const { t, stores } = useHq();
  const [kind, setKind] = useState<Kind>("products");
  const [format, setFormat] = useState<"csv" | "excel" | "jsonl">("csv");
  const [store, setStore] = useState("");
  const query = new URLSearchParams({ kind, format: format === "jsonl" ? "jsonl" : "csv" });
  if (format === "excel") query.set("bom", "true");
  if (store !== "") query.set("store", store);
  return (
    <Card title={t.files.exportTitle}>
      <div className="grid">
        <SelectField
          label={t.files.what}
          value={kind}
          onValue={setKind}
          options={[
            ["products", t.files.kinds.products],
            ["overrides", t.files.kinds.overrides],
          ]}
        />
        <SelectField
          label={t.files.format}
          value={format}
          onValue={setFormat}
          options={[
            ["csv", "CSV"],
            ["excel", t.files.excel],
            ["jsonl", "JSON Lines"],
          ]}
        />
        <SelectField
          label={t.fleet.store}
          value={store}
          onValue={setStore}
          options={[["", t.prices.wholeChain], ...stores.map(({ name, label }) => [name, label] as const)]}
        />
      </div>
      <div className="actions start">
        <a className="button primary" href={`/api/export?${query}`} download>
          <Icon name="files" />
          {t.files.download}
        </a>
      </div>
    </Card>
  );
}

const tones: Readonly<Record<ImportReport["state"], BadgeTone>> = {
  ...{ reading: "quiet", applying: "quiet", done: "good", checked: "quiet", refused: "bad", failed: "bad" },
};

function PastImports({ round }: { round: number }) {
  const { t, client, locale } = useHq();
  const loaded = useLoad(
    async (signal) => (await client.get("/api/imports?limit=15", ImportReports, signal)).imports,
    `${round}`,
  );
  return (
    <Card title={t.files.pastTitle}>
      <WhenLoaded t={t} loaded={loaded}>
        {(imports) =>
          imports.length === 0 ? (
            <Empty icon="files" title={t.files.none} />
          ) : (
            <ul className="lines">
              {imports.map((report) => (
                <li key={report.id}>
                  <span className="line-main">
                    <span className="file-name">{report.file}</span>
                    <span className="hint">
                      {report.actor} · <Ago at={report.startedAt} locale={locale} /> ·{" "}
                      {t.files.summary(report)}
                    </span>
                  </span>
                  <Badge tone={tones[report.state]}>{t.files.states[report.state]}</Badge>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </Card>
  );
}
