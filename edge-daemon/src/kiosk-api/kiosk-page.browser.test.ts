import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InvalidInputError, money } from "@tillsight/contracts";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { scenarios } from "../testing/lane/index.js";
import { openTestApi } from "./test-api.js";

const pageDir = fileURLToPath(new URL("../../../kiosk-ui/dist/web/", import.meta.url));
const candidates = [process.env.TILLSIGHT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const executablePath = candidates.find((path) => path && existsSync(path));
const title = executablePath
  ? "the kiosk page in a real browser"
  : "the kiosk page in a real browser (needs chromium: apt-get install chromium, or set TILLSIGHT_CHROMIUM)";

/** Of a till that was switched off mid-sale; the only errors that a page may find in its console. */
const offline = /ERR_CONNECTION|WebSocket connection|net::ERR/;

describe.skipIf(!executablePath)(title, () => {
  let browser: Browser;
  let page: Page;
  let t: Awaited<ReturnType<typeof openTestApi>>;
  let errors: string[];
  const demo = { "/api/demo/till": () => t.lane.receipt };

  beforeAll(async () => {
    if (!existsSync(`${pageDir}index.html`))
      throw new InvalidInputError("kiosk-ui is not built", "Run `npm run build -w kiosk-ui` first.");
    browser = await chromium.launch({
      executablePath: executablePath ?? "",
      args: ["--no-sandbox", "--disable-gpu"],
    });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    t = await openTestApi({ pageDir, attendantPin: "4711", demo });
    errors = [];
    page = await browser.newPage({ locale: "en-GB", viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(10_000);
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    await t.api.stop();
    expect(errors).toEqual([]);
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });

  /** Colours of the picture's middle: 0 while nothing is drawn. */
  const pictureIsShown = () => page.locator("canvas").isVisible();

  it("shows the snapshot: live picture, a box for each item, grouped lines, total", async () => {
    t.lane.show(scenarios.shopping());
    await page.goto(t.url);
    await page.getByText("Apple Braeburn").first().waitFor();
    await page.locator(".tray-box").nth(3).waitFor();
    expect(await pictureIsShown()).toBe(true);
    expect(await page.locator(".tray-box").count()).toBe(4);
    expect(await page.locator(".basket .row").count()).toBe(3);
    expect(await page.locator(".total strong").innerText()).toBe("€4.82");
  });

  it("asks which item it is, and is answered by a touch on the picture", async () => {
    t.lane.show(scenarios.choice());
    await page.goto(t.url);
    await page.locator("button.tray-box[data-state=choice]").click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Pretzel/ })
      .click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(t.lane.acted).toMatchObject([{ do: "resolve", sku: "pretzel" }]);
    await page.locator(".row", { hasText: "Pretzel" }).waitFor();
  });

  it("finds an item that is none of these by its letters", async () => {
    t.lane.show(scenarios.choice());
    await page.goto(t.url);
    await button("Choose").click();
    await button("None of these").click();
    for (const letter of "wat") await button(letter).click();
    await page.locator(".tile").nth(1).waitFor({ state: "detached" });
    await page.getByRole("button", { name: /Still water/ }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(t.lane.acted).toMatchObject([{ do: "resolve", sku: "water" }]);
  });

  it("does not pay while something is open but leads to it; pays once it is answered", async () => {
    t.lane.show(scenarios.choice());
    await page.goto(t.url);
    expect(await button("Pay").getAttribute("data-blocked")).toBe("true");
    await page.getByText("Please choose: 1 item is not clear").waitFor();
    await button("Pay").click();
    await page.getByRole("dialog", { name: "Which one is it?" }).waitFor();
    await page.keyboard.press("Escape");
    expect(t.lane.acted).toEqual([]);
    t.lane.show(scenarios.shopping());
    await page.locator("button.primary[data-blocked=false]").click();
    await page.getByText("0 of 4 at the till").waitFor();
    expect(t.lane.acted).toEqual([{ do: "checkout" }]);
    t.lane.show(scenarios.paying());
    await page.getByText("2 of 4 at the till").waitFor();
    t.lane.show(scenarios.done());
    await page.getByRole("heading", { name: "Thank you!" }).waitFor();
  });

  it("says why the lane refused something", async () => {
    t.lane.show(scenarios.shopping());
    await page.goto(t.url);
    await button("Pay").waitFor();
    t.lane.refuseNext = new InvalidInputError("the till is busy", "Wait a moment.");
    await button("Pay").click();
    await page.getByRole("alert").getByText("The till is busy.").waitFor();
  });

  it("shows a message and no picture while the camera is at fault, and the picture again afterwards", async () => {
    t.lane.show(scenarios.shopping());
    await page.goto(t.url);
    await page.locator("canvas").waitFor();
    t.lane.show(scenarios["camera-fault"]());
    await page.getByRole("heading", { name: "The camera does not see the tray" }).waitFor();
    expect(await pictureIsShown()).toBe(false);
    t.lane.show(scenarios.shopping());
    await page.locator("canvas").waitFor();
    // A picture that was asked for at the very moment of the fault is answered 503, and browsers note that.
    errors = errors.filter((text) => !text.includes("503"));
  });

  it("hides everything that may be old while the lane is away, and comes back by itself", async () => {
    t.lane.show(scenarios.shopping());
    await page.goto(t.url);
    await page.locator("canvas").waitFor();
    const port = Number(new URL(t.url).port);
    await t.api.stop();
    await page.getByText("We are reconnecting").waitFor();
    expect(await pictureIsShown()).toBe(false);
    t = await openTestApi({ pageDir, port });
    t.lane.show(scenarios["long-names"]());
    await page.locator(".row", { hasText: "Donaudampf" }).waitFor();
    await page.locator("canvas").waitFor();
    errors = errors.filter((text) => !offline.test(text));
  });

  it("tells the attendant why each item is what it is", async () => {
    t.lane.show(scenarios.choice());
    await page.goto(t.url);
    await button("Staff").click();
    await page.keyboard.type("4711");
    await page.keyboard.press("Enter");
    const why = (text: string) => page.getByRole("dialog").getByText(text).first().waitFor();
    await why("By its picture: Apple Braeburn > 99 %, second Pretzel < 1 %, not in the catalog < 1 %");
    await why(
      "Several products look alike: Butter croissant 61 %, second Pretzel 35 %, not in the catalog 4 %",
    );
    await why("Looks like nothing in the catalog: Cola 0.33 l 6 %");
  });

  it("lets the attendant in with the PIN only, and locks again", async () => {
    t.lane.show(scenarios.staff());
    await page.goto(t.url);
    await button("Staff").click();
    await page.keyboard.type("0815");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("The PIN is wrong.").waitFor();
    await page.keyboard.type("4711");
    await page.keyboard.press("Enter");
    await button("Yes, approve").click();
    await button("Yes, approve").waitFor({ state: "detached" });
    expect(t.lane.acted).toMatchObject([{ do: "approveAge", approved: true }]);
    await button("Close").click();
    await button("Staff").click();
    await page.getByRole("heading", { name: "Staff only" }).waitFor();
  });

  it("shows in a demo what the till received", async () => {
    const at = new Date(0).toISOString();
    t.lane.receipt.push({ at, kind: "item", text: "PRETZEL", total: money(110, "EUR") });
    t.lane.show(scenarios.shopping());
    await page.goto(t.url);
    await page.getByRole("log").getByText("PRETZEL").waitFor();
    await button("Scores").click();
    await page.locator(".tray-score").first().waitFor();
  });

  it("speaks the shopper's language, and fits a phone without scrolling sideways", async () => {
    t.lane.show(scenarios["long-names"]());
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(t.url);
    await button("Deutsch").click();
    await button("Bezahlen").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });

  it("names products in the shopper's language where the catalog has such a name", async () => {
    t.lane.show(scenarios.shopping());
    await page.goto(t.url);
    await page.getByText("Apple Braeburn").first().waitFor();
    await button("Deutsch").click();
    await page.getByText("Apfel Braeburn").first().waitFor();
    expect(await page.getByText("Apple Braeburn").count()).toBe(0);
    await page.getByText("Cola 0.33 l").first().waitFor();
  });

  it.each([
    ["shopping", 1280],
    ["full", 390],
    ["staff", 768],
  ] as const)("has nothing to touch that is smaller than 44 pixels: %s at %d", async (name, width) => {
    t.lane.show(scenarios[name]());
    await page.setViewportSize({ width, height: 900 });
    await page.goto(t.url);
    await button("Pay").waitFor();
    for (const target of await page.getByRole("button").all()) {
      const box = await target.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
  });
});
