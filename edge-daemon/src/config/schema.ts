import { Currency, MqttVersion, NodeName } from "@tillsight/contracts";
import { z } from "zod";
import { PosSettings } from "../pos/settings.js";

/** A TCP port; 0 lets the system choose one. */
const Port = z.int().min(0).max(65_535);

const Roi = z.strictObject({
  x: z.int().min(0).meta({ title: "Left", description: "Pixels from the left edge." }),
  y: z.int().min(0).meta({ title: "Top", description: "Pixels from the top edge." }),
  w: z.int().min(32).meta({ title: "Width", description: "Pixels." }),
  h: z.int().min(32).meta({ title: "Height", description: "Pixels." }),
});

const CameraConfig = z.strictObject({
  source: z.string().min(1).default("/dev/video0").meta({
    title: "Source",
    description:
      "Device (`/dev/video0` or `0`), URL (`rtsp://…`, `http://…`), GStreamer pipeline (`gst: … ! appsink`), video file, or folder of pictures.",
  }),
  width: z
    .int()
    .min(160)
    .max(7680)
    .optional()
    .meta({ title: "Width", description: "Asked of the device, pixels." }),
  height: z
    .int()
    .min(120)
    .max(4320)
    .optional()
    .meta({ title: "Height", description: "Asked of the device, pixels." }),
  fps: z.number().min(1).max(120).optional().meta({
    title: "Rate",
    description: "Asked of the device, frames a second; the pace of a file or folder.",
  }),
  roi: Roi.optional().meta({ title: "Tray", description: "Part of the picture that is the tray." }),
  exposure: z.number().optional().meta({
    title: "Exposure",
    description: "In the device's own units (V4L2: 100 µs); left out, the device decides.",
  }),
  loop: z
    .boolean()
    .default(false)
    .meta({ title: "Loop", description: "Begin a file or folder again at its end." }),
  frozenAfterMs: z.int().min(0).max(600_000).default(10_000).meta({
    title: "Frozen after",
    description: "The same picture for this many milliseconds is a fault; 0 switches the rule off.",
  }),
  blindAfterMs: z.int().min(0).max(600_000).default(1_000).meta({
    title: "Blind after",
    description: "A black or covered picture for this many milliseconds is a fault; 0 switches the rule off.",
  }),
  hungAfterMs: z.int().min(500).max(600_000).default(5_000).meta({
    title: "Hung after",
    description: "No picture for this many milliseconds is a fault; the capture is then started anew.",
  }),
});

const ModelsConfig = z.strictObject({
  folder: z.string().optional().meta({
    title: "Folder",
    description: "Manifests and weights; left out, the ones that Tillsight ships.",
  }),
  providers: z
    .array(z.enum(["tensorrt", "cuda", "webgpu", "cpu"]))
    .min(1)
    .default(["cpu"])
    .meta({ title: "Execution providers", description: "Tried in this order; health shows which one runs." }),
  threads: z.int().min(1).max(64).optional().meta({
    title: "Threads",
    description:
      "Of ONNX Runtime for one call; the number of cores that may be busy. Left out, what was measured best here.",
  }),
  batch: z.int().min(1).max(64).optional().meta({
    title: "Batch",
    description: "Most crops in one call of a network. Left out, what was measured best here.",
  }),
  measure: z.boolean().default(true).meta({
    title: "Measure",
    description:
      "At the lane's first start with these weights on this machine, measure threads and batch; some seconds, once.",
  }),
});

/** Only the ratios of the three prices matter: any unit will do. */
const PricesConfig = z.strictObject({
  wrongLine: z.number().min(1).max(1_000_000).default(50).meta({
    title: "A wrong line",
    description: "What a wrong line in the basket costs. More: recognition asks more often.",
  }),
  question: z.number().min(0.001).max(1_000).default(1).meta({
    title: "A question",
    description: "What it costs to have the shopper touch one of two to four products.",
  }),
  search: z.number().min(0.001).max(10_000).default(4).meta({
    title: "A search",
    description: "What it costs to have an item searched for by name, or by the attendant.",
  }),
  strangers: z.number().min(0.001).max(0.9).default(0.2).meta({
    title: "Strangers",
    description: "Share of items on the tray that the catalog does not hold, 0.001 to 0.9.",
  }),
});

const RecognitionConfig = z.strictObject({
  settleMs: z.int().min(50).max(5_000).default(250).meta({
    title: "Settle time",
    description: "The tray must be still for this many milliseconds before anything is decided.",
  }),
  goneMs: z.int().min(100).max(60_000).default(600).meta({
    title: "Gone after",
    description: "An item not seen on a still tray for this many milliseconds was taken away.",
  }),
  barcodes: z
    .boolean()
    .default(true)
    .meta({ title: "Barcodes", description: "Read barcodes in the tray's picture." }),
  prices: PricesConfig.prefault({}).meta({
    title: "Prices of mistakes",
    description: "What decides between taking an item, asking and leaving it to a search.",
  }),
  pictures: z.boolean().default(true).meta({
    title: "Pictures of goods",
    description:
      "Tell goods from printed pictures, screens and stuck-on labels: such an item is asked about and the attendant is told.",
  }),
  pictureNotice: z.number().min(0.5).max(0.999).optional().meta({
    title: "Notice of pictures",
    description:
      "Probability from which an item counts as a picture; left out, the one that the network's manifest was fitted with.",
  }),
});

const ScaleConfig = z.strictObject({
  path: z.string().min(1).meta({
    title: "Scale's port",
    description: "Serial device of the scale under the tray, which speaks MT-SICS.",
  }),
  baudRate: z.int().min(300).max(115_200).default(9600).meta({
    title: "Baud rate",
    description: "Bits a second, as set on the scale.",
  }),
  dataBits: z
    .union([z.literal(7), z.literal(8)])
    .default(8)
    .meta({ title: "Data bits", description: "7 or 8, as set on the scale." }),
  parity: z
    .enum(["none", "even", "odd"])
    .default("none")
    .meta({ title: "Parity", description: "none, even or odd, as set on the scale." }),
  deviation: z.number().min(0.1).max(1_000).default(2).meta({
    title: "Deviation",
    description: "Standard deviation of a reading, grams: about half of what it is off by at times.",
  }),
});

const KioskConfig = z.strictObject({
  host: z
    .string()
    .default("127.0.0.1")
    .meta({ title: "Address", description: "Where the kiosk API listens." }),
  port: Port.default(7400).meta({
    title: "Port",
    description: "Of the kiosk API; 0 lets the system choose.",
  }),
  attendantPin: z
    .string()
    .regex(/^(\d{4,12}|scrypt:[0-9a-f]{32}:[0-9a-f]{64})$/, "4 to 12 digits, or their hash")
    .optional()
    .meta({
      title: "Attendant's PIN",
      description: "Left out, the attendant's actions are refused. There is no default PIN.",
    }),
});

const SyncConfig = z.strictObject({
  brokerUrl: z
    .string()
    .regex(/^(mqtts?|wss?):\/\//, "an address such as mqtts://broker.example:8883")
    .optional()
    .meta({ title: "Broker", description: "MQTT broker of headquarters; left out, the lane stands alone." }),
  trustedKeys: z
    .array(z.string().regex(/^[A-Za-z0-9_-]{43}$/, "the 43 characters that cloud-sync prints"))
    .default([])
    .meta({
      title: "Trusted keys",
      description:
        "Public keys of headquarters that this lane believes from the start; later keys come endorsed by them. Without one the lane takes nothing.",
    }),
  username: z.string().min(1).optional().meta({ title: "User", description: "User name at the broker." }),
  passwordFile: z.string().min(1).optional().meta({
    title: "Password file",
    description: "File that holds nothing but the password at the broker; readable by the daemon only.",
  }),
  caFile: z.string().min(1).optional().meta({
    title: "Authority",
    description:
      "PEM file of the authority that signed the broker's certificate, when the system does not know it.",
  }),
  mqttVersion: MqttVersion.optional().meta({
    title: "MQTT version",
    description:
      "5, or 4 for MQTT 3.1.1. Left out, the lane speaks MQTT 5, and 3.1.1 where the broker answers that it does not speak 5.",
  }),
});

const UplinkConfig = z.strictObject({
  maxMegabytes: z.int().min(8).max(100_000).default(512).meta({
    title: "Room",
    description:
      "Disk for what waits for headquarters, MiB. When it is full, what headquarters has already goes first, then the oldest pictures, telemetry and events; a sale that headquarters has not never goes.",
  }),
  beatSeconds: z.int().min(1).max(600).default(10).meta({
    title: "Heartbeat",
    description:
      "A sign of life to headquarters this often, seconds; two that fail to come make the lane stale there.",
  }),
  telemetrySeconds: z.int().min(0).max(86_400).default(60).meta({
    title: "Telemetry",
    description: "The lane's figures this often, seconds; 0 switches it off.",
  }),
  reviewCrops: z.boolean().default(true).meta({
    title: "Pictures for review",
    description: "Send headquarters a picture of each item that recognition asked a person about.",
  }),
});

const LogConfig = z.strictObject({
  level: z
    .enum(["error", "warn", "info", "debug"])
    .default("info")
    .meta({ title: "Level", description: "Least severe level that is written." }),
});

/**
 * Everything that can be set. Strict: an unknown key is an error that names it. The same schema gives the
 * types, the defaults, `tillsight config docs` and the messages of `tillsight config check`.
 */
export const DaemonConfig = z.strictObject({
  store: NodeName.default("store").meta({
    title: "Store",
    description: "Name of the store, used in MQTT topics.",
  }),
  terminal: NodeName.default("lane-1").meta({
    title: "Terminal",
    description: "Name of this lane, unique in the store.",
  }),
  storeName: z
    .string()
    .max(80)
    .default("Tillsight")
    .meta({ title: "Store's name", description: "As shoppers see it." }),
  currency: Currency.default("EUR").meta({ title: "Currency", description: "ISO 4217 code of every price." }),
  dataDir: z.string().min(1).default("/var/lib/tillsight").meta({
    title: "Data folder",
    description: "Journal, catalog, index and traces; must be on a disk that survives power cuts.",
  }),
  camera: CameraConfig.prefault({}).meta({ title: "Camera", description: "The tray's camera." }),
  models: ModelsConfig.prefault({}).meta({ title: "Models", description: "Networks and what they run on." }),
  recognition: RecognitionConfig.prefault({}).meta({ title: "Recognition", description: "When to decide." }),
  scale: ScaleConfig.optional().meta({
    title: "Scale",
    description: "Under the tray; left out, items are not weighed.",
  }),
  till: PosSettings.prefault({}).meta({ title: "Till", description: "How line items reach the till." }),
  kiosk: KioskConfig.prefault({}).meta({ title: "Kiosk API", description: "For the shopper's page." }),
  sync: SyncConfig.prefault({}).meta({ title: "Sync", description: "Catalog from headquarters." }),
  uplink: UplinkConfig.prefault({}).meta({
    title: "Uplink",
    description: "Sales, events, telemetry and pictures to headquarters, by the broker of `sync`.",
  }),
  log: LogConfig.prefault({}).meta({ title: "Log", description: "JSON lines on standard output." }),
});
export type DaemonConfig = z.infer<typeof DaemonConfig>;
