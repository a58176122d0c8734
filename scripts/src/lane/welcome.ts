import { relative, resolve } from "node:path";
import type { VirtualLane } from "./virtual-lane.js";

/** For a demo on loopback only; it is printed, and a real lane has none until somebody sets one. */
export const demoPin = "2468";

/** Relative where that is shorter to read and type. */
export const shown = (path: string): string =>
  relative(".", path).startsWith("..") ? resolve(path) : relative(".", path);

export interface WelcomeFiles {
  readonly config: string;
  readonly log: string;
  /** Photos of the newcomer's mug, as a pattern for the shell. */
  readonly photos: string;
}

/** What to open and what to try next; every command works as it stands. */
export function welcome(
  lane: Pick<VirtualLane, "cloud" | "config" | "feed"> & { daemon: { url: string } },
  files: WelcomeFiles,
): string {
  const { url } = lane.daemon;
  const own = `npm run --silent tillsight -- --config ${files.config}`;
  const enrol = `${own} enroll ${files.photos} --sku MUG-1 --name "My mug" --price 499`;
  return [
    "",
    lane.feed
      ? "  Tillsight is selling."
      : `  Tillsight watches ${lane.config.camera.source}; you are the shopper.`,
    "",
    `  Open          ${url}`,
    `  Attendant     PIN ${demoPin} (of this demo only)`,
    `  Health        ${url}healthz    metrics  ${url}metrics`,
    ...(lane.cloud ? [`  Headquarters  ${lane.cloud.setupUrl ?? lane.cloud.url}`] : []),
    `  Log           ${files.log}`,
    "",
    "  Try next, in a second terminal in this folder",
    ...(lane.feed
      ? [
          "    enrol an item: these photos are of a mug, and the shopper brings it as soon as you have",
          `      ${enrol}`,
          "    with photos of your own: each shows the item alone, and any other --sku will do",
        ]
      : [
          "    enrol an item of yours from one to five photos, then put it before the camera",
          `      ${own} enroll PHOTO... --sku SKU --name NAME --price CENTS`,
        ]),
    ...priceLines(lane.cloud),
    "    see how it fares",
    `      ${own} status`,
    ...(lane.feed
      ? [
          "    use your own camera (or an RTSP or HTTP address, a video, a folder of pictures); end this one first",
        ]
      : ["    see the rendered tray again; end this one first"]),
    lane.feed ? "      npm start -- --camera /dev/video0" : "      npm start",
    "",
    "  Ctrl-C ends it.",
    "",
  ].join("\n");
}

function priceLines(cloud: Pick<NonNullable<VirtualLane["cloud"]>, "url" | "token"> | undefined): string[] {
  if (!cloud) return [];
  return [
    "    change a price at headquarters; the lane sells at it a moment later",
    `      curl -X PUT ${cloud.url}/api/products/apple-red/price -H "authorization: Bearer ${cloud.token}" \\`,
    `        -H "content-type: application/json" -d '{"price": {"minor": 99, "currency": "EUR"}}'`,
  ];
}
