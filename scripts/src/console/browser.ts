import { existsSync, readFileSync } from "node:fs";
import { InvalidInputError } from "@tillsight/contracts";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";

const candidates = [process.env.TILLSIGHT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
/** Undefined where there is no browser to be had. */
export const chromiumPath = candidates.find((path) => path && existsSync(path));
/** How long a page may take to show something, ms. */
export const patienceMs = 60_000;

/** An expression: the functions of page-side.js. */
const pageSide = readFileSync(new URL("page-side.js", import.meta.url), "utf8")
  .trim()
  .replace(/;$/, "");
const built = new URL("../../../cloud-sync/console/dist/index.html", import.meta.url);
/** What a browser writes of its own accord: of the first question whether there is a session, and of cut lines. */
const expected = /status of (401|409|412)|ERR_INTERNET_DISCONNECTED|net::ERR|WebSocket connection/;
/** Of an import that is not known yet, and of the one that a test spoils. */
export const ofImports = /\/api\/imports\/[0-9a-f-]{36}$/;

/** A page of the console in a real browser, with what a person looks for on it by its name. */
export class ConsoleBrowser {
  /** What the page wrote of errors, and what a content security policy refused. */
  readonly errors: string[] = [];

  private constructor(
    readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(patienceMs);
    page.on("console", (message) => {
      if (message.type() !== "error" || expected.test(message.text())) return;
      if (!ofImports.test(message.location().url)) this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(error.message));
  }

  /** @throws InvalidInputError where the console has not been built */
  static async open(): Promise<ConsoleBrowser> {
    if (!existsSync(built))
      throw new InvalidInputError(
        "the console is not built",
        "Run `npm run build -w @tillsight/console` first.",
      );
    const args = ["--no-sandbox", "--disable-gpu"];
    const browser = await chromium.launch({ executablePath: chromiumPath ?? "", args });
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 } });
    return new ConsoleBrowser(browser, context, await context.newPage());
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  field(name: string | RegExp): Locator {
    return this.page.getByLabel(name, { exact: true });
  }

  menu(name: string): Locator {
    return this.page.getByRole("navigation").first().getByRole("link", { name, exact: true });
  }

  /** What on this page a screen reader or a small window would stumble over. */
  stumbles(): Promise<unknown> {
    return this.page.evaluate(`(${pageSide}).stumbles()`);
  }

  /** Files as somebody drags them in from the desktop. */
  transferOf(files: readonly { readonly name: string; readonly base64: string }[]) {
    return this.page.evaluateHandle(`(${pageSide}).transferOf(${JSON.stringify(files)})`);
  }
}
