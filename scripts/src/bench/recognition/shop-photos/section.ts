import { percent } from "../draws.js";
import { type PageSection, table } from "../section.js";
import type { ShopPhotoResult } from "./measure.js";

/** What becomes of photos that were not taken on a counter. */
export function shopPhotosSection({
  photos,
  classes,
  trayPictures,
  whole,
  rows,
}: ShopPhotoResult): PageSection {
  const head = ["references", "other photos", "on a tray", "on a tray, packaged", "on a tray, produce"];
  const body = rows.map(({ way, otherPhotos, onTray }) => [
    way,
    ...[otherPhotos, onTray.all, onTray.packaged, onTray.produce].map(percent),
  ]);
  return {
    name: "shop-photos",
    title: "Photos taken in a shop",
    targets: [],
    text: [
      `People photograph a new product where it stands: in a hand before the shelf, in its crate. ${photos} such photos of the ${classes} classes that neither network ever saw go through enrolment, whose detector knows goods that lie on a ground. Where it sees goods all over a photo, enrolment takes it whole: here ${percent(whole / photos)} of them. recall@1 with 5 photos of each class as references; asked about are the other photos, whole, and ${trayPictures} crops of the classes' catalogue pictures, each alone on the virtual lane's tray.`,
      table(head, body),
    ].join("\n\n"),
    plots: [],
  };
}
