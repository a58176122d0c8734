import type { Job } from "../enrol/queue/job.js";

/** Where a page finds the picture under this object id. */
export const pictureOf = (photo: string | null): string | null =>
  photo === null ? null : `/api/photos/${photo.slice(photo.lastIndexOf("/") + 1)}`;

/** A job as the API shows it: with addresses of the pictures, its own and those it is in conflict with. */
export function jobView({ photo, verdict, ...job }: Job) {
  return {
    ...job,
    picture: pictureOf(photo),
    verdict: verdict && {
      ...verdict,
      conflicts: verdict.conflicts.map(({ photo: other, ...conflict }) => ({
        ...conflict,
        picture: pictureOf(other),
      })),
    },
  };
}
