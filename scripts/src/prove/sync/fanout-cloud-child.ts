import { type CloudSync, startCloudSync } from "@tillsight/cloud-sync";
import { money } from "@tillsight/contracts";
import mqtt, { type MqttClient } from "mqtt";
import { serve } from "./child.js";
import { embedderId, productOf, skuOf } from "./goods.js";
import { store } from "./headquarters.js";

/** What headquarters' process used so far: CPU in seconds, memory in MB. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

let cloud: CloudSync | undefined;
let sender: MqttClient | undefined;
const now = (): number => performance.timeOrigin + performance.now();

serve({
  async start({ dataDir }: { dataDir: string }) {
    cloud = await startCloudSync({
      dataDir,
      store,
      embedderId,
    });
    sender = await mqtt.connectAsync(cloud.brokerUrl);
    return { brokerUrl: cloud.brokerUrl, publicKey: cloud.publicKey };
  },
  async product({ i }: { i: number }) {
    const at = now();
    await cloud?.catalog.putProduct(productOf(i, 100), "proof");
    return at;
  },
  /** @returns when somebody at headquarters pressed the button. */
  async price({ i, cents }: { i: number; cents: number }) {
    const at = now();
    await cloud?.catalog.setPrice(skuOf(i), money(cents, "EUR"), "proof");
    return at;
  },
  /** The bytes of the newest delta once more, as any MQTT client would send them. @returns when */
  async bare({ topic }: { topic: string }) {
    const lsn = (await cloud?.publisher.ledger.state(store))?.lsn ?? 0;
    const [delta] = (await cloud?.publisher.ledger.range(store, lsn - 1, 1)) ?? [];
    const at = now();
    await sender?.publishAsync(topic, Buffer.from(delta?.bytes ?? []), { qos: 1 });
    return at;
  },
  usage(): Usage {
    const { user, system } = process.cpuUsage();
    return { cpuSeconds: (user + system) / 1e6, rssMb: Math.round(process.memoryUsage.rss() / 1e6) };
  },
  stop: () => cloud?.stop(),
});
