import { statSync } from "node:fs";

/** What a camera setting's `source` means. */
export type CameraSource =
  | { readonly kind: "device"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "pipeline"; readonly pipeline: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string };

/**
 * Reads a source: `0` and `/dev/…` are devices, `gst:` begins a GStreamer pipeline, `scheme://` a stream, and
 * anything else is a path.
 *
 * @param isFolder whether that path is a folder now
 */
export function parseSource(text: string, isFolder: (path: string) => boolean): CameraSource {
  const source = text.trim();
  if (/^\d+$/.test(source)) return { kind: "device", path: `/dev/video${source}` };
  if (source.startsWith("/dev/")) return { kind: "device", path: source };
  if (source.startsWith("gst:")) return { kind: "pipeline", pipeline: source.slice("gst:".length).trim() };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return { kind: "url", url: source };
  return isFolder(source) ? { kind: "folder", path: source } : { kind: "file", path: source };
}

/** What a source means on this machine now. */
export function sourceOf(text: string): CameraSource {
  return parseSource(text, (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** Files and folders come to an end and are paced by us; everything else is live. */
export function isRecorded(source: CameraSource): boolean {
  return source.kind === "file" || source.kind === "folder";
}

/** The source as it may be logged and shown: a camera's password is nobody's business. */
export function withoutPassword(source: string): string {
  return source.replace(/\/\/([^/@\s:]*):[^/@\s]*@/g, "//$1:***@");
}
