/** A page of a list that begins with the newest. */
export interface NewestFirst {
  /** Id of the last one of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * What comes behind `where` for such a page; its values are `after ?? null` ($1) and `limit` ($2). What is as old as
 * another is told apart by its id: the time in the database is finer than what an answer shows.
 */
export const newestFirst = (table: string, time: string): string =>
  `($1::uuid is null or (${time}, id) < (select ${time}, id from ${table} where id = $1))
   order by ${time} desc, id desc limit $2`;
