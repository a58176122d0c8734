import { useState } from "react";
import { readDetails } from "../../api/products.js";
import type { ProductDetail } from "../../api/schemas.js";
import { isUnderWay } from "../../state/enrolments.js";
import { keysOfName, refusalOfFile } from "../../state/photo-names.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Empty } from "../parts/bits.js";
import { DropZone } from "../parts/drop-zone.js";
import { EnrolmentCard } from "../parts/enrolment-card.js";
import { Notice, ProblemNotice } from "../parts/notice.js";
import { Card, PageFrame } from "../parts/page.js";
import { ProductPicker } from "../parts/product-picker.js";
import { ThumbOfFile } from "../parts/thumb-of-file.js";
import { UploadList } from "../parts/upload-list.js";
import { Link, useUnsaved } from "../router.js";
import { useEnrolments } from "../use-enrolments.js";
import { useTask } from "../use-task.js";
import { useUploads } from "../use-uploads.js";

/** A chosen file and the product that it is of, once that is known. */
interface Chosen {
  readonly id: number;
  readonly file: File;
  readonly detail: ProductDetail | null;
}

let made = 0;

/** Photos of many products at once: names such as `SKU_2.jpg` say of what they are, for others one says it. */
export function PhotosPage({ sku }: { sku: string | null }) {
  const { t, client, mayEdit } = useHq();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  const task = useTask();
  const live = useEnrolments("state=queued,running,held", (one) => mine.has(one.id) || isUnderWay(one));
  const uploads = useUploads((sent) => {
    setMine((ids) => new Set([...ids, ...sent.map(({ id }) => id)]));
    live.take(sent);
  });
  useUnsaved(chosen.length + uploads.jobs.length > 0, t.photos.leaveQuestion);
  const add = (files: readonly File[]) =>
    task.run(async () => {
      setRefused(
        files.flatMap((file) => {
          const why = refusalOfFile(file);
          return why ? [t.photos.refusedFile(file.name, why)] : [];
        }),
      );
      const good = files.filter((file) => refusalOfFile(file) === null);
      const keys = good.map(({ name }) => (sku === null ? keysOfName(name) : [sku]));
      const details = await readDetails(client, keys.flat());
      setChosen((list) => [
        ...list,
        ...good.map((file, i) => ({
          ...{ id: ++made, file },
          detail: keys[i]?.map((key) => details.get(key)).find((detail) => detail !== undefined) ?? null,
        })),
      ]);
    });
  const ready = chosen.filter(({ detail }) => detail !== null);
  const send = () => {
    for (const own of new Set(ready.map(({ detail }) => detail?.product.sku ?? "")))
      uploads.add(
        own,
        ready.filter(({ detail }) => detail?.product.sku === own).map(({ file }) => file),
      );
    setChosen((list) => list.filter(({ detail }) => detail === null));
  };
  const enrolments = live.enrolments ?? [];
  return (
    <PageFrame title={t.menu.photos} hint={t.photos.pageHint}>
      {mayEdit && (
        <DropZone label={t.photos.dropMany} hint={t.photos.dropManyHint} onFiles={(f) => void add(f)} />
      )}
      {refused.length > 0 && (
        <Notice tone="ask" alert>
          {refused.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </Notice>
      )}
      <ProblemNotice t={t} error={task.error} />
      {chosen.length > 0 && (
        <Card
          title={t.photos.chosenTitle(chosen.length)}
          tools={
            <button type="button" className="button primary" disabled={ready.length === 0} onClick={send}>
              {t.photos.send(ready.length)}
            </button>
          }
        >
          <ul className="chosen">
            {chosen.map((one) => (
              <ChosenFile
                key={one.id}
                chosen={one}
                onDetail={(detail) =>
                  setChosen((l) => l.map((c) => (c.id === one.id ? { ...c, detail } : c)))
                }
                onDrop={() => setChosen((list) => list.filter(({ id }) => id !== one.id))}
              />
            ))}
          </ul>
        </Card>
      )}
      <UploadList uploads={uploads} withSku />
      <Card title={t.photos.progressTitle}>
        {!live.live && live.enrolments && <p className="hint">{t.photos.notLive}</p>}
        <ProblemNotice t={t} error={live.error} retry={live.reload} />
        {enrolments.length === 0 ? (
          <Empty icon="photos" title={t.photos.idle}>
            <Link href={pathOf("review")}>{t.menu.review}</Link>
          </Empty>
        ) : (
          <ul className="photo-grid">
            {enrolments.map((enrolment) => (
              <EnrolmentCard key={enrolment.id} enrolment={enrolment} onNews={live.take} withSku />
            ))}
          </ul>
        )}
      </Card>
    </PageFrame>
  );
}

interface ChosenProps {
  readonly chosen: Chosen;
  readonly onDetail: (detail: ProductDetail | null) => void;
  readonly onDrop: () => void;
}

function ChosenFile({ chosen: { file, detail }, onDetail, onDrop }: ChosenProps) {
  const { t, client, locale } = useHq();
  const pick = async (sku: string) => onDetail((await readDetails(client, [sku])).get(sku) ?? null);
  return (
    <li>
      <ThumbOfFile file={file} />
      <div className="chosen-text">
        <span className="file-name">{file.name}</span>
        {detail ? (
          <span>
            <strong>{detail.product.names[locale] ?? detail.product.name}</strong>{" "}
            <button type="button" className="button small quiet" onClick={() => onDetail(null)}>
              {t.photos.otherProduct}
            </button>
          </span>
        ) : (
          <ProductPicker label={t.photos.whichProduct} onPick={({ sku }) => void pick(sku)} />
        )}
      </div>
      <button type="button" className="button small quiet" onClick={onDrop}>
        {t.photos.leaveOut}
      </button>
    </li>
  );
}
