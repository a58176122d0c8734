import { type FormEvent, useState } from "react";
import { readImport, runImport } from "../../api/imports.js";
import { newId } from "../../api/new-id.js";
import { type ImportReport, ImportReports } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { Ago, Badge, type BadgeTone, Bar, Empty, WhenLoaded } from "../parts/bits.js";
import { DropZone } from "../parts/drop-zone.js";
import { CheckField, Choice, SelectField } from "../parts/field.js";
import { Icon } from "../parts/icon.js";
import { ImportResult } from "../parts/import-result.js";
import { ProblemNotice } from "../parts/notice.js";
import { Card, PageFrame } from "../parts/page.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";

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

type Kind = "products" | "overrides";
const progressEveryMs = 700;

function ImportCard({ onDone }: { onDone: () => void }) {
  const { t, client } = useHq();
  const [file, setFile] = useState<File | null>(null);
  const [kind, setKind] = useState<Kind>("products");
  const [replace, setReplace] = useState(false);
  const [encoding, setEncoding] = useState<"utf-8" | "windows-1252">("utf-8");
  const [report, setReport] = useState<ImportReport | null>(null);
  const [running, setRunning] = useState<string | null>(null);
  const task = useTask();
  const run = (dryRun: boolean) =>
    task.run(async () => {
      if (!file) return;
      const id = newId();
      setRunning(id);
      const jsonl = /\.(jsonl|ndjson)$/i.test(file.name);
      const type = jsonl ? ("application/x-ndjson" as const) : ("text/csv" as const);
      const wish = {
        id,
        kind,
        file: file.name,
        body: file,
        type,
        dryRun,
        replace,
        encoding,
        ignoreUnknown: true,
      };
      setReport(await runImport(client, wish).finally(() => setRunning(null)));
      onDone();
    });
  const choose = (chosen: File | undefined) => {
    setFile(chosen ?? null);
    setReport(null);
  };
  return (
    <Card title={t.files.importTitle}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void run(true);
        }}
      >
        <p className="hint">{t.files.importHint}</p>
        <DropZone
          label={file ? file.name : t.files.drop}
          hint={file ? t.files.size(file.size) : undefined}
          icon="files"
          accept=".csv,.tsv,.txt,.jsonl,.ndjson"
          multiple={false}
          onFiles={([chosen]) => choose(chosen)}
        />
        <Choice
          legend={t.files.what}
          value={kind}
          onValue={(value) => {
            setKind(value);
            setReport(null);
          }}
          options={[
            ["products", t.files.kinds.products],
            ["overrides", t.files.kinds.overrides],
          ]}
        />
        <SelectField
          label={t.files.encoding}
          value={encoding}
          onValue={setEncoding}
          options={[
            ["utf-8", "UTF-8"],
            ["windows-1252", t.files.windows],
          ]}
        />
        {kind === "products" && (
          <CheckField
            label={t.files.replace}
            checked={replace}
            onValue={(on) => {
              setReplace(on);
              setReport(null);
            }}
          />
        )}
        <div className="actions start">
          <button type="submit" className="button" disabled={!file || task.busy}>
            {t.files.tryFirst}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={!file || task.busy || report?.state !== "checked"}
            onClick={() => void run(false)}
          >
            {t.files.import}
          </button>
        </div>
        {running !== null && <RunningImport id={running} />}
        <ProblemNotice t={t} error={task.error} />
        {report && <ImportResult report={report} />}
      </form>
    </Card>
  );
}

function RunningImport({ id }: { id: string }) {
  const { t, client } = useHq();
  // Before its first line it is not known yet.
  const { data } = useLoad((signal) => readImport(client, id, signal).catch(() => null), id, progressEveryMs);
  return (
    <div role="status">
      <p>
        {data?.state === "applying"
          ? t.files.applying(data.applied, data.lines)
          : t.files.reading(data?.lines ?? 0)}
      </p>
      <Bar label={t.files.importTitle} value={data?.applied ?? 0} max={data?.lines ?? 0} />
    </div>
  );
}

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
