import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { NodeName } from "@tillsight/contracts";
import { defaultModelFolder, readModel } from "@tillsight/models";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoProduct } from "../virtual/store.js";
import { ConsoleBrowser, chromiumPath, patienceMs } from "./browser.js";
import { type ConsoleStage, openConsoleStage, photoFiles, type StageLane } from "./stage.js";

const title = chromiumPath
  ? "the console in a real browser"
  : "the console in a real browser (needs chromium: apt-get install chromium, or set TILLSIGHT_CHROMIUM)";
const patience = { timeout: patienceMs, interval: 50 };
const password = "three words in a row";

// One after the other: each step builds on what the one before has made, as a person's first hour does.
describe.skipIf(!chromiumPath)(title, () => {
  let stage: ConsoleStage;
  let lane: StageLane;
  let shown: ConsoleBrowser;
  let page: Page;

  beforeAll(async () => {
    shown = await ConsoleBrowser.open();
    page = shown.page;
    stage = await openConsoleStage(NodeName.parse("north"));
    lane = await stage.openLane("north", "lane-1");
  }, 120_000);
  afterAll(async () => {
    await shown?.browser.close();
    await stage?.close();
    // Also what a content security policy refused is told there.
    expect(shown?.errors).toEqual([]);
  });

  const tell = (method: string, path: string, body?: string) =>
    fetch(stage.cloud.url + path, {
      ...{ method, headers: { authorization: `Bearer ${stage.cloud.token}` } },
      ...(body === undefined ? {} : { body: new Blob([body], { type: "application/json" }) }),
    });
  const button = (name: string | RegExp) => shown.button(name);
  const field = (name: string | RegExp) => shown.field(name);
  const menu = (name: string) => shown.menu(name);

  it(
    "makes the first administrator by the link of the first start, and goes on signed in",
    async () => {
      await page.goto(stage.cloud.setupUrl ?? "");
      await field("Name").fill("anna");
      await field("New password").fill(password);
      await field("The same password again").fill("other words in a row");
      await button("Begin").click();
      await page.getByText("The two are not the same.").waitFor();
      await field("The same password again").fill(password);
      await button("Begin").click();
      await page.getByRole("heading", { name: "No products yet" }).waitFor();
      expect(page.url()).not.toContain("#");
    },
    patienceMs,
  );

  it(
    "signs out, refuses a wrong password in plain words, and signs in",
    async () => {
      await button("Sign out").click();
      await field("Name").fill("anna");
      await field("Password").fill("not the right one");
      await button("Sign in").click();
      await page.getByRole("alert").getByText("The name or the password is wrong").waitFor();
      await field("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Products", exact: true }).waitFor();
    },
    patienceMs,
  );

  it(
    "adds a product, and names the fields that do not fit",
    async () => {
      await button("Add product").click();
      await field("Name").fill("Doughnut");
      await field("SKU").fill("doughnut");
      await field("Price").fill("cheap");
      await field("Tax").fill("7");
      await button("Save").click();
      await page.getByText("Please write an amount such as 1.49.").waitFor();
      expect(await page.evaluate("document.activeElement.value")).toBe("cheap");
      await field("Price").fill("1,69");
      await button("Save").click();
      await page.getByRole("heading", { name: "Doughnut", level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/products/doughnut");
      await expect.poll(() => lane.lsn(), patience).toBe(1);
    },
    patienceMs,
  );

  it(
    "takes photos that are dragged in, and shows how they become known to lanes",
    async () => {
      const files = await photoFiles(join(stage.dir, "photos"), demoProduct("doughnut"), 3);
      const dropped = files.map((file) => ({
        name: basename(file),
        base64: readFileSync(file).toString("base64"),
      }));
      const transfer = await shown.transferOf(dropped);
      await page
        .getByText("Drag photos here, or click to choose")
        .dispatchEvent("drop", { dataTransfer: transfer });
      await page.getByRole("heading", { name: "Lanes know 3 photos" }).waitFor();
      const drawn =
        "[...document.querySelectorAll('.photo-grid.small img')].filter((i) => i.naturalWidth > 0).length";
      await expect.poll(() => page.evaluate(drawn), patience).toBe(3);
      // The product and three references.
      await expect.poll(() => lane.lsn(), patience).toBe(4);
    },
    patienceMs * 2,
  );

  it(
    "refuses a file that is no picture before sending it",
    async () => {
      const note = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("hello") };
      await page.locator(".drop input[type=file]").setInputFiles(note);
      await page.getByText("note.txt is no JPEG, PNG or WebP picture.").waitFor();
    },
    patienceMs,
  );

  it(
    "changes a price after showing what would change, asks about a great jump, and tells when a lane has it",
    async () => {
      await menu("Prices").click();
      await page.getByText("As a list", { exact: true }).click();
      await field("Price list").fill("doughnut\t3,99\nnobody\t1,00");
      await button("Preview").click();
      const row = page.getByRole("row").filter({ hasText: "Doughnut" });
      await row.getByText("€1.69").waitFor();
      await row.getByText("€3.99").waitFor();
      await row.getByText("+136.1 %").waitFor();
      await page.getByRole("row").filter({ hasText: "nobody" }).getByText("no such product").waitFor();
      expect(lane.lsn()).toBe(4);
      expect(await button("Change 1 price").isDisabled()).toBe(true);
      await page.getByLabel("Yes, these prices are meant so").check();
      await button("Change 1 price").click();
      await page.getByText("1 of 1 lane has it").waitFor();
      expect(lane.lsn()).toBe(5);
      await menu("Lanes").click();
      const tile = page.getByRole("link").filter({ hasText: "lane-1" });
      await tile.getByText("LSN 5").waitFor();
      await tile.getByText("live", { exact: true }).waitFor();
    },
    patienceMs * 2,
  );

  it(
    "holds a photo that was sent for the wrong product, shows both side by side, and does without it",
    async () => {
      const pretzel = JSON.stringify({ ...demoProduct("pretzel").product, sku: undefined });
      expect((await tell("PUT", "/api/products/pretzel", pretzel)).status).toBe(200);
      await expect.poll(() => lane.lsn(), patience).toBe(6);
      await menu("Photos").click();
      const [wrong = ""] = await photoFiles(join(stage.dir, "photos"), demoProduct("doughnut"), 3);
      // Its name says of what it is; here that is not so.
      const named = { name: "pretzel_1.jpg", mimeType: "image/jpeg", buffer: readFileSync(wrong) };
      await page.locator(".drop input[type=file]").setInputFiles(named);
      await page.getByText("Pretzel", { exact: true }).waitFor();
      await button("Send 1 photo").click();
      const photo = page.locator(".photo").filter({ hasText: "pretzel" });
      await photo.getByText("please look at it").waitFor();
      await photo.getByRole("button", { name: "Compare" }).click();
      const dialog = page.getByRole("dialog", { name: "Is this the same product?" });
      await dialog.getByText("Known photo of doughnut").waitFor();
      await dialog.getByRole("button", { name: "Do not use" }).click();
      await photo.getByText("cannot be used").waitFor();
      expect(lane.lsn()).toBe(6);
    },
    patienceMs * 2,
  );

  it(
    "plans a rollout, starts it, and shows that its lane is there",
    async () => {
      await menu("Rollouts").click();
      await button("Plan a rollout").click();
      await field("Name").first().fill("Friday's prices");
      await button("Save as draft").click();
      // The one lane is the canary's already, so nobody is left for the second stage.
      await page
        .getByRole("alert")
        .getByText(/has no terminal/)
        .waitFor();
      await button("Remove this stage").last().click();
      await field("It must last for").fill("0");
      await button("Save as draft").click();
      await page.getByRole("heading", { name: "Friday's prices" }).waitFor();
      await button("Start").click();
      await page.getByText("Every stage has passed.").waitFor();
      await page.getByText("1 of 1 lane is there").waitFor();
    },
    patienceMs,
  );

  it(
    "adds a network by its two files, and offers it for a rollout",
    async () => {
      await menu("Rollouts").click();
      const files = page.getByLabel(/^Add a network/);
      await files.setInputFiles([join(defaultModelFolder, "print.onnx")]);
      await page.getByText("It takes two files together").waitFor();
      const { id } = (await readModel("print")).manifest;
      await files.setInputFiles([`${id}.json`, "print.onnx"].map((name) => join(defaultModelFolder, name)));
      await page.getByText("can be rolled out now").waitFor();
      await button("Plan a rollout").click();
      const dialog = page.getByRole("dialog", { name: "Plan a rollout" });
      await dialog.getByText("A network", { exact: true }).click();
      expect(await dialog.getByLabel("Name of the network").inputValue()).toContain(`${id}@`);
      expect(await shown.stumbles()).toEqual([]);
      await dialog.getByRole("button", { name: "Close" }).click();
    },
    patienceMs,
  );

  it(
    "takes the catalog back once it has shown what that changes and was told why",
    async () => {
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
      const read = async (path: string): Promise<any> => (await tell("GET", path)).json();
      const price = async () => (await read("/api/products/doughnut")).price.minor;
      const before = await price();
      await tell("PUT", "/api/products/doughnut/price", '{"price":{"minor":9999,"currency":"EUR"}}');
      await menu("History").click();
      await button("Take back…").click();
      const dialog = page.getByRole("dialog", { name: "The catalog as it was" });
      await dialog.getByRole("button", { name: "Show what it would change" }).click();
      await dialog.getByText("It concerns 1 product.").waitFor();
      await dialog.getByText("doughnut", { exact: true }).waitFor();
      expect(await price()).toBe(9999);
      const go = dialog.getByRole("button", { name: "Take back" });
      expect(await go.isDisabled()).toBe(true);
      await dialog.getByLabel("Why").fill("a digit too many");
      expect(await shown.stumbles()).toEqual([]);
      await go.click();
      await dialog.waitFor({ state: "detached" });
      expect(await price()).toBe(before);
      const [done] = (await read("/api/rollbacks")).rollbacks;
      expect(done).toMatchObject({ actor: "anna", reason: "a digit too many" });
    },
    patienceMs,
  );

  it(
    "shows both when somebody else changed a product meanwhile, and saves what one chooses",
    async () => {
      await page.goto(`${stage.cloud.url}/products/pretzel`);
      const product = { ...demoProduct("pretzel").product, sku: undefined };
      await field("Name").first().fill("Pretzel with salt");
      await field("PLU").fill("4321");
      const theirs = JSON.stringify({ ...product, name: "Salted pretzel", tareGrams: 5 });
      expect((await tell("PUT", "/api/products/pretzel", theirs)).status).toBe(200);
      await button("Save").click();
      const dialog = page.getByRole("dialog", { name: "Somebody else changed this product meanwhile" });
      await dialog.getByText("They also changed: Tare.").waitFor();
      await dialog.getByLabel("Salted pretzel").check();
      await dialog.getByRole("button", { name: "Save this" }).click();
      await page.getByRole("heading", { name: "Salted pretzel", level: 1 }).waitFor();
      const saved = await (await tell("GET", "/api/products/pretzel")).json();
      expect(saved).toMatchObject({ name: "Salted pretzel", plu: "4321", tareGrams: 5 });
    },
    patienceMs,
  );

  it(
    "keeps what was entered when the session ends, and saves it once one has signed in again",
    async () => {
      await page.goto(`${stage.cloud.url}/products/doughnut`);
      await field("Name").first().fill("Doughnut with sugar");
      page.once("dialog", (question) => void question.dismiss());
      await menu("Prices").click();
      expect(await field("Name").first().inputValue()).toBe("Doughnut with sugar");
      await shown.context.clearCookies();
      // Waits while the dialog is there: a question of the page's own may have found out first.
      const saving = button("Save").click();
      const dialog = page.getByRole("dialog", { name: "Please sign in again" });
      await dialog.getByLabel("Password").fill(password);
      await dialog.getByRole("button", { name: "Sign in" }).click();
      await saving;
      await page.getByRole("heading", { name: "Doughnut with sugar", level: 1 }).waitFor();
      await expect.poll(() => lane.lsn(), patience).toBe(11);
    },
    patienceMs,
  );

  it(
    "keeps what was entered when the network is away, and saves it when it is back",
    async () => {
      await field("Tax").fill("19");
      await shown.context.setOffline(true);
      await page.getByText("This computer has no network.").waitFor();
      await button("Save").click();
      await page.getByRole("alert").getByText("Headquarters does not answer").waitFor();
      expect(await field("Tax").inputValue()).toBe("19");
      await shown.context.setOffline(false);
      await button("Save").click();
      await page.getByText("is saved (LSN 12)").waitFor();
    },
    patienceMs,
  );

  it(
    "shows nothing that a screen reader or a small window would stumble over, on any page, in either language",
    async () => {
      const paths = [
        "/products",
        "/products/doughnut",
        "/products/new%20product",
        "/prices",
        "/photos",
        "/review",
      ];
      const more = ["/fleet", "/fleet/north/lane-1", "/rollouts", "/files", "/history", "/people"];
      for (const [width, locale] of [
        [1280, "en"],
        [360, "de"],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of [...paths, ...more]) {
          await page.goto(`${stage.cloud.url}${path}?lang=${locale}`);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await page.locator(".waiting").first().waitFor({ state: "detached" });
          expect(await shown.stumbles(), `${path} ${locale} ${width}`).toEqual([]);
        }
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    },
    patienceMs * 2,
  );

  it(
    "tells a viewer that nothing can be changed, and offers no change",
    async () => {
      await page.goto(`${stage.cloud.url}/people?lang=en`);
      await button("Add user").click();
      const dialog = page.getByRole("dialog", { name: "Add user" });
      await dialog.getByLabel("Name").fill("vera");
      await dialog.getByLabel("Role").selectOption("viewer");
      await dialog.getByLabel("Password").fill(password);
      await dialog.getByRole("button", { name: "Save" }).click();
      await button("Change: vera").waitFor();
      const other = await shown.browser.newContext({ locale: "en-GB" });
      const hers = await other.newPage();
      hers.setDefaultTimeout(patienceMs);
      await hers.goto(stage.cloud.url);
      await hers.getByLabel("Name", { exact: true }).fill("vera");
      await hers.getByLabel("Password", { exact: true }).fill(password);
      await hers.keyboard.press("Enter");
      await hers.getByText("You may look at everything here, but not change it.").waitFor();
      await hers.getByRole("link", { name: "Doughnut with sugar" }).click();
      await hers.getByRole("heading", { name: "Lanes know 3 photos" }).waitFor();
      expect(await hers.getByLabel("Name", { exact: true }).first().isDisabled()).toBe(true);
      for (const name of ["Save", "Delete", "Remove this photo", "Add product"])
        expect(await hers.getByRole("button", { name }).count(), name).toBe(0);
      await other.close();
    },
    patienceMs,
  );
});
