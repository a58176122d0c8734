import { TillsightError } from "@tillsight/contracts";

export class ScaleAwayError extends TillsightError {
  readonly code = "SCALE_AWAY";

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(
      `the scale at ${path} cannot be reached: ${reason}`,
      "Check its cable and power, and scale.path; meanwhile items are recognised by their pictures alone.",
      options,
    );
  }
}

export class ScaleSilentError extends TillsightError {
  readonly code = "SCALE_SILENT";

  constructor(path: string, why: string) {
    super(
      `the scale at ${path} gives no weight: ${why}`,
      "Set it to MT-SICS and grams, and scale.baudRate, dataBits and parity to what it says.",
    );
  }
}
