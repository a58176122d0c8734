import { ModelRecord } from "@tillsight/cloud-sync/api";
import { useState } from "react";
import { z } from "zod";
import type { Client } from "../../api/client.js";
import { pickModelFiles } from "../../state/model-files.js";
import { useHq } from "../hq.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";
import { Ago, Badge, WhenLoaded } from "./bits.js";
import { DropZone } from "./drop-zone.js";
import { Notice, ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

const Models = z.object({ models: z.array(ModelRecord) });

export const readModels = async (client: Client, signal?: AbortSignal): Promise<ModelRecord[]> =>
  (await client.get("/api/models", Models, signal)).models;

/** Networks that lanes can be brought, and a place to add one. */
export function NetworksCard() {
  const { t, client, mayRule, locale, say } = useHq();
  const [incomplete, setIncomplete] = useState(false);
  const task = useTask();
  const loaded = useLoad((signal) => readModels(client, signal), "models");
  const add = async (files: readonly File[]) => {
    const picked = pickModelFiles(files);
    setIncomplete(picked === null);
    if (!picked) return;
    const body = new FormData();
    body.set("manifest", picked.manifest);
    body.set("weights", picked.weights);
    const sent = () => client.ask("POST", "/api/models", { schema: ModelRecord, body });
    if (!(await task.run(async () => say({ text: t.networks.added((await sent()).data.id) })))) return;
    loaded.reload();
  };
  return (
    <Card title={t.networks.title}>
      <p className="hint">{t.networks.hint}</p>
      <WhenLoaded t={t} loaded={loaded}>
        {(models) =>
          models.length === 0 ? (
            <p className="hint">{t.networks.none}</p>
          ) : (
            <ul className="lines">
              {models.map(({ id, kind, licence, bytes, actor, addedAt }) => (
                <li key={id}>
                  <span className="line-main">
                    <strong>{id}</strong>
                    <span className="hint">
                      {t.networks.licence(licence)} · {t.files.size(bytes)} · {actor} ·{" "}
                      <Ago at={addedAt} locale={locale} />
                    </span>
                  </span>
                  <Badge tone="quiet">{t.networks.kinds[kind]}</Badge>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
      {mayRule && (
        <DropZone
          label={t.networks.drop}
          hint={t.networks.dropHint}
          accept=".json,.onnx"
          icon="plus"
          onFiles={(files) => void add(files)}
        />
      )}
      {incomplete && <Notice tone="ask">{t.networks.incomplete}</Notice>}
      <ProblemNotice t={t} error={task.error} />
    </Card>
  );
}
