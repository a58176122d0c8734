import { useState } from "react";
import { newId } from "../../api/new-id.js";
import { readDetails } from "../../api/products.js";
import { type Crop, Crops } from "../../api/schemas.js";
import { sendPhotos } from "../../api/upload.js";
import { wantsReview } from "../../state/enrolments.js";
import { useHq } from "../hq.js";
import { Ago, Empty, Picture, WhenLoaded } from "../parts/bits.js";
import { EnrolmentCard } from "../parts/enrolment-card.js";
import { ProblemNotice } from "../parts/notice.js";
import { OlderNewer } from "../parts/older-newer.js";
import { Card, PageFrame } from "../parts/page.js";
import { ProductPicker } from "../parts/product-picker.js";
import { useEnrolments } from "../use-enrolments.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";

/** What waits for a person: photos that were held, and what lanes could not name. */
export function ReviewPage() {
  const { t } = useHq();
  const live = useEnrolments("state=held,dead", wantsReview);
  return (
    <PageFrame title={t.menu.review} hint={t.review.hint}>
      <Card title={t.review.photosTitle}>
        <WhenLoaded t={t} loaded={{ ...live, data: live.enrolments }}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon="check" title={t.review.noPhotos} />
            ) : (
              <ul className="photo-grid">
                {list.map((enrolment) => (
                  <EnrolmentCard key={enrolment.id} enrolment={enrolment} onNews={live.take} withSku />
                ))}
              </ul>
            )
          }
        </WhenLoaded>
      </Card>
      <LaneCrops />
    </PageFrame>
  );
}

const perPage = 48;

function LaneCrops() {
  const { t, client } = useHq();
  const [pages, setPages] = useState<readonly string[]>([]);
  const after = pages.at(-1);
  const crops = useLoad(async (signal) => {
    const query = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
    return client.get(`/api/crops?limit=${perPage}${query}`, Crops, signal);
  }, after ?? "");
  return (
    <Card title={t.review.cropsTitle}>
      <p className="hint">{t.review.cropsHint}</p>
      <WhenLoaded t={t} loaded={crops}>
        {({ crops: list, next }) => (
          <>
            {list.length === 0 && <Empty icon="check" title={t.review.noCrops} />}
            <ul className="photo-grid">
              {list.map((crop) => (
                <CropCard key={crop.id} crop={crop} />
              ))}
            </ul>
            <OlderNewer
              newer={pages.length > 0 ? () => setPages(pages.slice(0, -1)) : null}
              older={next !== null && list.length === perPage ? () => setPages([...pages, next]) : null}
            />
          </>
        )}
      </WhenLoaded>
    </Card>
  );
}

/** An item that a lane asked about; as a photo of its product it teaches every lane. */
function CropCard({ crop }: { crop: Crop }) {
  const { t, client, mayEdit, locale, storeLabel, say } = useHq();
  const [picking, setPicking] = useState(false);
  const [done, setDone] = useState(false);
  const task = useTask();
  const { candidates } = crop.body.decision;
  const address = `/api/crops/${crop.id}/picture`;
  const teach = (sku: string) =>
    task.run(async () => {
      const picture = await (await fetch(address)).blob();
      const file = new File([picture], `${crop.store}-${crop.terminal}.jpg`, { type: "image/jpeg" });
      const signal = new AbortController().signal;
      await sendPhotos(client, { sku, files: [file], batch: newId(), signal, onProgress: () => {} });
      setDone(true);
      say({ text: t.review.taught(sku) });
    });
  const names = useLoad(
    (signal) =>
      readDetails(
        client,
        candidates.map(({ sku }) => sku),
        signal,
      ),
    crop.id,
  );
  const nameOf = (sku: string) => {
    const product = names.data?.get(sku)?.product;
    return product ? (product.names[locale] ?? product.name) : sku;
  };
  return (
    <li className="photo" data-state={done ? "enrolled" : "held"}>
      <Picture src={address} alt={t.review.cropAlt(storeLabel(crop.store), crop.terminal)} size={400} />
      <div className="photo-text">
        <span className="hint">
          {storeLabel(crop.store)} · {crop.terminal} · <Ago at={crop.at} locale={locale} />
        </span>
        <span>{t.review.kinds[crop.body.decision.kind] ?? crop.body.decision.kind}</span>
        {mayEdit && !done && (
          <div className="actions tight">
            {candidates.slice(0, 3).map(({ sku }) => (
              <button
                key={sku}
                type="button"
                className="button small"
                disabled={task.busy}
                onClick={() => void teach(sku)}
              >
                {t.review.isThis(nameOf(sku))}
              </button>
            ))}
            {picking ? (
              <ProductPicker label={t.photos.whichProduct} onPick={({ sku }) => void teach(sku)} autoFocus />
            ) : (
              <button type="button" className="button small quiet" onClick={() => setPicking(true)}>
                {t.review.another}
              </button>
            )}
          </div>
        )}
        {done && <span>{t.review.sent}</span>}
        <ProblemNotice t={t} error={task.error} />
      </div>
    </li>
  );
}
