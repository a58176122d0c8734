import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { NodeName } from "@tillsight/contracts";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import yazl from "yazl";
import { z } from "zod";
import { demoProduct } from "../virtual/store.js";
import { ConsoleBrowser, chromiumPath, ofImports, patienceMs } from "./browser.js";
import { type ConsoleStage, openConsoleStage, photoFiles } from "./stage.js";

const title = chromiumPath
  ? "files given to the console in a real browser"
  : "files given to the console in a real browser (needs chromium: apt-get install chromium, or set TILLSIGHT_CHROMIUM)";
const patience = { timeout: patienceMs, interval: 50 };
const password = "three words in a row";
const Batches = z.object({
  batches: z.array(z.object({ id: z.string(), label: z.string(), counts: z.record(z.string(), z.number()) })),
});

describe.skipIf(!chromiumPath)(title, () => {
  let stage: ConsoleStage;
  let shown: ConsoleBrowser;
  let page: Page;

  beforeAll(async () => {
    shown = await ConsoleBrowser.open();
    page = shown.page;
    stage = await openConsoleStage(NodeName.parse("north"));
    await page.goto(stage.cloud.setupUrl ?? "");
    await shown.field("Name").fill("anna");
    await shown.field("New password").fill(password);
    await shown.field("The same password again").fill(password);
    await button("Begin").click();
    await page.getByRole("heading", { name: "No products yet" }).waitFor();
    const doughnut = JSON.stringify({ ...demoProduct("doughnut").product, sku: undefined });
    expect((await tell("PUT", "/api/products/doughnut", doughnut)).status).toBe(200);
  }, 120_000);
  afterAll(async () => {
    await shown?.browser.close();
    await stage?.close();
    expect(shown?.errors).toEqual([]);
  });

  const tell = (method: string, path: string, body?: string) =>
    fetch(stage.cloud.url + path, {
      ...{ method, headers: { authorization: `Bearer ${stage.cloud.token}` } },
      ...(body === undefined ? {} : { body: new Blob([body], { type: "application/json" }) }),
    });
  const button = (name: string | RegExp) => shown.button(name);
  const menu = (name: string) => shown.menu(name);

  it(
    "takes a ZIP of photos, and names what it left out of it",
    async () => {
      await menu("Photos").click();
      const [photo = ""] = await photoFiles(join(stage.dir, "photos"), demoProduct("doughnut"), 3);
      const zip = new yazl.ZipFile();
      zip.addFile(photo, "doughnut_9.jpg");
      zip.addFile(photo, "stranger.jpg");
      zip.end();
      const bytes = await buffer(zip.outputStream);
      const file = { name: "spring.zip", mimeType: "application/zip", buffer: bytes };
      await page.locator(".drop input[type=file]").setInputFiles(file);
      await page.getByText("spring.zip: 1 photo was taken").waitFor();
      await page.getByText("there is no product stranger").waitFor();
      await button("Done").click();
      await page.getByText("spring.zip: 1 photo was taken").waitFor({ state: "detached" });
      const [batch] = Batches.parse(
        await (await tell("GET", "/api/enrolments/batches?limit=1")).json(),
      ).batches;
      expect(batch?.label).toBe("spring.zip");
      const counts = async () =>
        Batches.shape.batches.element.parse(
          await (await tell("GET", `/api/enrolments/batches/${batch?.id}`)).json(),
        ).counts;
      await expect.poll(counts, patience).toMatchObject({ queued: 0, running: 0, enrolled: 1 });
    },
    patienceMs,
  );

  it(
    "tells when the progress of an import cannot be had, goes on asking, and shows how the import ended",
    async () => {
      await menu("Import and export").click();
      const csv = {
        name: "list.csv",
        mimeType: "text/csv",
        buffer: Buffer.from("sku;price\ndoughnut;4,99\n"),
      };
      await page.locator(".drop input[type=file]").setInputFiles(csv);
      let goOn = () => {};
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await page.route("**/api/imports?*", async (route) => {
        if (route.request().method() === "POST") await held;
        await route.continue();
      });
      await page.route(ofImports, (route) =>
        route.fulfill({ status: 500, json: { type: "INTERNAL", title: "broken", status: 500 } }),
      );
      await button("Try without changing anything").click();
      const alert = page.getByRole("alert").getByText("Something went wrong at headquarters");
      await alert.waitFor();
      await page.unroute(ofImports);
      await alert.waitFor({ state: "detached" });
      await page.getByText("Reading: 0 lines").waitFor();
      goOn();
      await page.getByText("Reading: 0 lines").waitFor({ state: "detached" });
      await button("Import").and(page.locator(":enabled")).waitFor();
      await page.unroute("**/api/imports?*");
    },
    patienceMs,
  );
});
