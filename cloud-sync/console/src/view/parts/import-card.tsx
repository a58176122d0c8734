import { type FormEvent, useState } from "react";
import { type ImportWish, readImport, runImport } from "../../api/imports.js";
import { newId } from "../../api/new-id.js";
import type { ImportReport } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useLoad } from "../use-load.js";
import { type Task, useTask } from "../use-task.js";
import { Bar } from "./bits.js";
import { DropZone } from "./drop-zone.js";
import { CheckField, Choice, SelectField } from "./field.js";
import { ImportResult } from "./import-result.js";
import { ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

const progressEveryMs = 700;

/** A file and how it is to be read. */
interface Choices {
  readonly file: File | null;
  readonly kind: ImportWish["kind"];
  readonly replace: boolean;
  readonly encoding: "utf-8" | "windows-1252";
}

/** A file goes in once it was tried: what was tried is forgotten with every other choice. */
export function ImportCard({ onDone }: { onDone: () => void }) {
  const { t } = useHq();
  const [choices, setChoices] = useState<Choices>({
    ...{ file: null, kind: "products", replace: false, encoding: "utf-8" },
  });
  const { task, report, running, run, forget } = useImport(onDone);
  const choose = (part: Partial<Choices>) => {
    setChoices({ ...choices, ...part });
    forget();
  };
  const { file } = choices;
  return (
    <Card title={t.files.importTitle}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          run(choices, true);
        }}
      >
        <p className="hint">{t.files.importHint}</p>
        <ImportChoices choices={choices} onChoose={choose} />
        <div className="actions start">
          <button type="submit" className="button" disabled={!file || task.busy}>
            {t.files.tryFirst}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={!file || task.busy || report?.state !== "checked"}
            onClick={() => run(choices, false)}
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

interface ImportUse {
  readonly task: Task;
  readonly report: ImportReport | null;
  /** Id of the import that is under way. */
  readonly running: string | null;
  readonly run: (choices: Choices, dryRun: boolean) => void;
  readonly forget: () => void;
}

function useImport(onDone: () => void): ImportUse {
  const { client } = useHq();
  const [report, setReport] = useState<ImportReport | null>(null);
  const [running, setRunning] = useState<string | null>(null);
  const task = useTask();
  const run = ({ file, ...how }: Choices, dryRun: boolean) =>
    void task.run(async () => {
      if (!file) return;
      const id = newId();
      setRunning(id);
      const jsonl = /\.(jsonl|ndjson)$/i.test(file.name);
      const type = jsonl ? ("application/x-ndjson" as const) : ("text/csv" as const);
      const replace = how.replace && how.kind === "products";
      const wish = { ...how, id, type, dryRun, replace, file: file.name, body: file, ignoreUnknown: true };
      setReport(await runImport(client, wish).finally(() => setRunning(null)));
      onDone();
    });
  return { task, report, running, run, forget: () => setReport(null) };
}

interface ChoicesProps {
  readonly choices: Choices;
  readonly onChoose: (part: Partial<Choices>) => void;
}

function ImportChoices({ choices, onChoose }: ChoicesProps) {
  const { t } = useHq();
  const { file, kind, replace, encoding } = choices;
  return (
    <>
      <DropZone
        label={file ? file.name : t.files.drop}
        hint={file ? t.files.size(file.size) : undefined}
        icon="files"
        accept=".csv,.tsv,.txt,.jsonl,.ndjson"
        multiple={false}
        onFiles={([chosen]) => onChoose({ file: chosen ?? null })}
      />
      <Choice
        legend={t.files.what}
        value={kind}
        onValue={(value) => onChoose({ kind: value })}
        options={[
          ["products", t.files.kinds.products],
          ["overrides", t.files.kinds.overrides],
        ]}
      />
      <SelectField
        label={t.files.encoding}
        value={encoding}
        onValue={(value) => onChoose({ encoding: value })}
        options={[
          ["utf-8", "UTF-8"],
          ["windows-1252", t.files.windows],
        ]}
      />
      {kind === "products" && (
        <CheckField label={t.files.replace} checked={replace} onValue={(on) => onChoose({ replace: on })} />
      )}
    </>
  );
}

function RunningImport({ id }: { id: string }) {
  const { t, client } = useHq();
  // Before its first line it is not known yet.
  const { data, error, reload } = useLoad((signal) => readImport(client, id, signal), id, progressEveryMs);
  return (
    <>
      <div role="status">
        <p>
          {data?.state === "applying"
            ? t.files.applying(data.applied, data.lines)
            : t.files.reading(data?.lines ?? 0)}
        </p>
        <Bar label={t.files.importTitle} value={data?.applied ?? 0} max={data?.lines ?? 0} />
      </div>
      <ProblemNotice t={t} error={error} retry={reload} />
    </>
  );
}
