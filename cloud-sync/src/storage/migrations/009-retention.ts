import type { Migration } from "../migrate.js";

/** What lanes sent up is removed by age: the oldest are found without reading the rest. */
export const retention: Migration = {
  sql: `
  create index telemetry_received on telemetry (received_at);
  create index lane_event_received on lane_event (received_at);
  `,
};
