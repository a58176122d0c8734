import { useState } from "react";
import { readProduct, readReferences, removeReference, writeProduct } from "../../api/products.js";
import type { Enrolment } from "../../api/schemas.js";
import { isUnderWay } from "../../state/enrolments.js";
import { refusalOfFile } from "../../state/photo-names.js";
import { useHq } from "../hq.js";
import { useUnsaved } from "../router.js";
import { useEnrolments } from "../use-enrolments.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";
import { useUploads } from "../use-uploads.js";
import { Picture } from "./bits.js";
import { DropZone } from "./drop-zone.js";
import { EnrolmentCard } from "./enrolment-card.js";
import { Icon } from "./icon.js";
import { Notice, ProblemNotice } from "./notice.js";
import { Card } from "./page.js";
import { UploadList } from "./upload-list.js";

interface Props {
  readonly sku: string;
  /** Object id of the shelf picture. */
  readonly image: string | null;
  readonly onChanged: () => void;
}

/** Photos by which lanes recognise a product: those they know, those on their way, and room for more. */
export function ProductPhotos({ sku, image, onChanged }: Props) {
  const { t, client, mayEdit } = useHq();
  const [refused, setRefused] = useState<readonly string[]>([]);
  const known = useLoad((signal) => readReferences(client, sku, signal), sku);
  const live = useEnrolments(`sku=${encodeURIComponent(sku)}`, (one) => one.sku === sku);
  const uploads = useUploads(live.take);
  useUnsaved(uploads.jobs.length > 0, t.photos.leaveQuestion);
  // A photo that became a reference is among those that lanes know.
  const open = (live.enrolments ?? []).filter(({ state }) => state !== "enrolled");
  const enrolled = (live.enrolments ?? []).length - open.length;
  useLoad(async () => known.reload(), `${enrolled}`);
  const add = (files: readonly File[]) => {
    const bad = files.filter((file) => refusalOfFile(file) !== null);
    setRefused(bad.map((file) => t.photos.refusedFile(file.name, refusalOfFile(file) ?? "type")));
    uploads.add(
      sku,
      files.filter((file) => refusalOfFile(file) === null),
    );
  };
  return (
    <Card title={t.photos.title}>
      <p className="hint">{t.photos.hint}</p>
      {mayEdit && <DropZone label={t.photos.drop} hint={t.photos.dropHint} onFiles={add} />}
      {refused.length > 0 && (
        <Notice tone="ask" alert>
          {refused.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </Notice>
      )}
      <UploadList uploads={uploads} />
      <Progress enrolments={live.enrolments ?? []} />
      {open.length > 0 && (
        <ul className="photo-grid">
          {open.map((enrolment) => (
            <EnrolmentCard key={enrolment.id} enrolment={enrolment} onNews={live.take} />
          ))}
        </ul>
      )}
      <ProblemNotice t={t} error={live.error ?? known.error} retry={known.reload} />
      {known.data && (
        <>
          <h3>{t.photos.knownTitle(known.data.length)}</h3>
          {known.data.length === 0 && <Notice tone="ask">{t.photos.none}</Notice>}
          <ul className="photo-grid small">
            {known.data.map(({ id, picture }) => (
              <KnownPhoto
                key={id}
                {...{ sku, id, picture, image }}
                onChanged={() => {
                  known.reload();
                  onChanged();
                }}
              />
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

/** Read out as it goes on, so that nobody has to watch. */
function Progress({ enrolments }: { enrolments: readonly Enrolment[] }) {
  const { t } = useHq();
  const waiting = enrolments.filter(isUnderWay).length;
  return (
    <p className="hint" role="status">
      {waiting > 0 ? t.photos.underWay(waiting) : ""}
    </p>
  );
}

interface KnownProps {
  readonly sku: string;
  readonly id: string;
  readonly picture: string | null;
  readonly image: string | null;
  readonly onChanged: () => void;
}

function KnownPhoto({ sku, id, picture, image, onChanged }: KnownProps) {
  const { t, client, mayEdit } = useHq();
  const task = useTask();
  const object = picture === null ? null : `photo/${picture.slice(picture.lastIndexOf("/") + 1)}`;
  const isShelf = object !== null && object === image;
  const remove = () =>
    task.run(async () => {
      await removeReference(client, sku, id);
      onChanged();
    });
  const shelve = () =>
    task.run(async () => {
      const { product, etag } = await readProduct(client, sku);
      await writeProduct(client, { ...product, image: isShelf ? null : object }, etag);
      onChanged();
    });
  return (
    <li className="photo" data-state="enrolled">
      <Picture src={picture} alt={t.photos.knownPhotoOf(sku)} size={300} />
      {mayEdit && (
        <div className="photo-tools">
          {object && (
            <button
              type="button"
              className="button small quiet"
              aria-pressed={isShelf}
              disabled={task.busy}
              onClick={() => void shelve()}
            >
              {isShelf ? t.photos.isShelf : t.photos.useForShelf}
            </button>
          )}
          <button
            type="button"
            className="button icon-only quiet"
            aria-label={t.photos.removeKnown}
            title={t.photos.removeKnown}
            disabled={task.busy}
            onClick={() => confirm(t.photos.removeQuestion) && void remove()}
          >
            <Icon name="bin" />
          </button>
        </div>
      )}
      <ProblemNotice t={t} error={task.error} />
    </li>
  );
}
