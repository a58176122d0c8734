import type { Migration } from "../migrate.js";
import { catalog } from "./001-catalog.js";
import { history } from "./002-history.js";
import { publish } from "./003-publish.js";
import { enrol } from "./004-enrol.js";
import { fleet } from "./005-fleet.js";
import { copies } from "./006-copies.js";
import { access } from "./007-access.js";
import { idempotency } from "./008-idempotency.js";
import { retention } from "./009-retention.js";
import { reviewAge } from "./010-review-age.js";
import { rollback } from "./011-rollback.js";
import { models } from "./012-models.js";

/**
 * Steps of the schema in order; a released step never changes. Plain PostgreSQL 15 with pg_trgm, so that the same
 * SQL serves the embedded engine and a server. Keys are `collate "C"`: ordered by bytes, everywhere alike.
 */
export const migrations: readonly Migration[] = [
  catalog,
  history,
  publish,
  enrol,
  fleet,
  copies,
  access,
  idempotency,
  retention,
  reviewAge,
  rollback,
  models,
];
