import type { Migration } from "../migrate.js";

/** Review pictures and refused records are removed by age too; a picture goes when no younger row shows it. */
export const reviewAge: Migration = {
  sql: `
  create index review_crop_received on review_crop (received_at, id);
  create index review_crop_picture on review_crop (picture);
  create index up_refused_received on up_refused (received_at, id);
  `,
};
