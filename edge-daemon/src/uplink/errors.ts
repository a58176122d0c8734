import { TillsightError } from "@tillsight/contracts";

/** The outbox towards headquarters cannot be written; selling does not need it. */
export class UplinkStoreError extends TillsightError {
  readonly code = "UPLINK_STORE";

  constructor(file: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? options.cause.message : "unknown";
    super(
      `the outbox to headquarters ${file} cannot be used: ${why}`,
      "Free space on the data folder's disk and check its rights; sales are taken from the journal afterwards.",
      options,
    );
  }
}

/** An order from headquarters that this lane cannot carry out. */
export class OrderRefusedError extends TillsightError {
  readonly code = "ORDER_REFUSED";
}
