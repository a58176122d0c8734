import { useState } from "react";
import { isUnderWay } from "../../state/enrolments.js";
import { isZip, photoTypes } from "../../state/photo-names.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Empty } from "../parts/bits.js";
import { ChosenCard } from "../parts/chosen-photos.js";
import { DropZone } from "../parts/drop-zone.js";
import { EnrolmentCard } from "../parts/enrolment-card.js";
import { Notice, ProblemNotice } from "../parts/notice.js";
import { Card, PageFrame } from "../parts/page.js";
import { UploadList } from "../parts/upload-list.js";
import { ZipList } from "../parts/zip-list.js";
import { Link, useUnsaved } from "../router.js";
import { useChosen } from "../use-chosen.js";
import { type LiveEnrolments, useEnrolments } from "../use-enrolments.js";
import { useUploads } from "../use-uploads.js";
import { useZips } from "../use-zips.js";

/** Photos of many products at once: names such as `SKU_2.jpg` say of what they are, for others one says it. */
export function PhotosPage({ sku }: { sku: string | null }) {
  const { t, mayEdit } = useHq();
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  const live = useEnrolments("state=queued,running,held", (one) => mine.has(one.id) || isUnderWay(one));
  const uploads = useUploads((sent) => {
    setMine((ids) => new Set([...ids, ...sent.map(({ id }) => id)]));
    live.take(sent);
  });
  const zips = useZips();
  const use = useChosen(sku);
  const { chosen, refused } = use;
  const open = zips.jobs.filter(({ result }) => result === null).length;
  useUnsaved(chosen.length + uploads.jobs.length + open > 0, t.photos.leaveQuestion);
  const take = (files: readonly File[]) => {
    for (const file of files.filter(isZip)) zips.add(file);
    const photos = files.filter((file) => !isZip(file));
    if (photos.length > 0) use.add(photos);
  };
  const send = () => {
    for (const [own, files] of use.takeReady()) uploads.add(own, files);
  };
  return (
    <PageFrame title={t.menu.photos} hint={t.photos.pageHint}>
      {mayEdit && (
        <DropZone
          label={t.photos.dropMany}
          hint={t.photos.dropManyHint}
          accept={[...photoTypes, ".zip"].join(",")}
          onFiles={take}
        />
      )}
      {refused.length > 0 && (
        <Notice tone="ask" alert>
          {refused.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </Notice>
      )}
      <ProblemNotice t={t} error={use.task.error} />
      {chosen.length > 0 && <ChosenCard chosen={chosen} onChosen={use.setChosen} onSend={send} />}
      <UploadList uploads={uploads} withSku />
      <ZipList zips={zips} />
      <OnTheirWay live={live} />
    </PageFrame>
  );
}

function OnTheirWay({ live }: { live: LiveEnrolments }) {
  const { t } = useHq();
  const enrolments = live.enrolments ?? [];
  return (
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
  );
}
