import { TillsightError } from "@tillsight/contracts";

/** There is no manifest of the wanted kind, or the file that a manifest names is not there. */
export class ModelMissingError extends TillsightError {
  readonly code = "MODEL_MISSING";
}

/** The manifest does not fit its schema; the message names the field. */
export class InvalidManifestError extends TillsightError {
  readonly code = "MODEL_MANIFEST_INVALID";

  constructor(path: string, problems: string, options?: ErrorOptions) {
    super(
      `the model manifest ${path} is wrong: ${problems}`,
      "Correct the named field, or copy manifest and weights again from their source.",
      options,
    );
  }
}

/** The weights are not the ones that the manifest describes (size or SHA-256), or ONNX Runtime cannot read them. */
export class CorruptModelError extends TillsightError {
  readonly code = "MODEL_CORRUPT";

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(
      `the model file ${path} is damaged or is not the one its manifest describes: ${why}`,
      "Copy manifest and weights again from their source, or leave out models.folder to use the ones shipped.",
      options,
    );
  }
}

/** The graph is sound but its inputs or outputs are not what the manifest says. */
export class ModelShapeError extends TillsightError {
  readonly code = "MODEL_SHAPE_MISMATCH";

  constructor(path: string, why: string) {
    super(
      `the model ${path} does not have the shape its manifest describes: ${why}`,
      "Export the model and its manifest together again.",
    );
  }
}

/** None of the execution providers that were asked for works here. */
export class NoProviderError extends TillsightError {
  readonly code = "MODEL_NO_PROVIDER";

  constructor(refused: readonly { provider: string; reason: string }[]) {
    super(
      `no execution provider works: ${refused.map((r) => `${r.provider} (${r.reason})`).join("; ")}`,
      'Add "cpu" to models.providers, or install what the named provider needs.',
    );
  }
}

/** A network gave numbers that cannot be: not finite, or a vector that is not of length 1. */
export class BadInferenceError extends TillsightError {
  readonly code = "MODEL_BAD_OUTPUT";

  constructor(id: string, why: string) {
    super(
      `the model "${id}" gave an impossible answer: ${why}`,
      "Try the cpu provider; if it stays, the weights are unusable.",
    );
  }
}
