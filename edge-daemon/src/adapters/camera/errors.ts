import { TillsightError } from "@tillsight/contracts";

/** A camera source that cannot be opened now; the capture tries again by itself. */
export class CameraOpenError extends TillsightError {
  readonly code = "CAMERA_NOT_OPENED";
}
