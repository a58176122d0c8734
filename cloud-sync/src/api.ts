/**
 * Schemas of the HTTP API that a browser may import: nothing here, or behind it, uses Node.
 * Console pages read answers with them, so both sides change together.
 */
export { Override } from "./catalog/override.js";
export { Rollback, RollbackReport } from "./catalog/rollback/report.js";
export { decimalOf, minorDigits, toMoney } from "./catalog/transfer/amount.js";
export { Finding, findingCodes, Verdict } from "./enrol/quality/verdict.js";
export { Failure, Job, JobState, jobStates } from "./enrol/queue/job.js";
export { ModelRecord } from "./fleet/models/record.js";
export { RolloutPlan, RolloutStage, RolloutState, RolloutTarget } from "./fleet/rollout/plan.js";
