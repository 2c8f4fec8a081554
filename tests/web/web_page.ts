import assert from "node:assert/strict";
import type { BrowserContext, BrowserContextOptions, Locator, Page } from "./chromium.ts";
import { createEvent, type Event } from "../../lib/event/mod.ts";
import { eventToJson } from "../../lib/event/event_json.ts";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import type { EventStore } from "../../lib/store/store.ts";
import { WEB_ASSETS } from "../../lib/web/assets.ts";
import { until, WAIT_MS } from "../e2e/until.ts";
import { countFromEnv } from "../random.ts";
import { startedChromium } from "./chromium.ts";
import { untilEqual, untilHolds, untilTexts } from "./conditions.ts";
import { comesToRest, isInPlace, makeLate, readRows, scrollToPart } from "./in_page.js";

/** By how much the page is made late, to find tests that read before it has come round to something. */
const LATE_MS = countFromEnv("THEIA_PAGE_LATE_MS", 0);

/** How a page is opened. */
export interface WebPageOptions {
  /** Stored before the page is opened. @default {none} */
  readonly events?: readonly Partial<Event>[];
  /** What follows the address, such as `#live=0`. @default {nothing} */
  readonly hash?: string;
  /** @default {a store in memory} */
  readonly store?: EventStore;
  /** Keeps nothing. @default {false} */
  readonly isLiveOnly?: boolean;
  /** @default {1280 × 720, UTC} */
  readonly context?: BrowserContextOptions;
  /** The port of a collector that runs already. @default {one is started} */
  readonly port?: number;
}

/** A row of the list; `number`: what stands behind that word in its text. */
export interface DrawnRow {
  readonly rank: number;
  readonly number: number;
  readonly text: string;
}

/** The page of a collector in a browser, as a person sees it. */
export class WebPage implements AsyncDisposable {
  /** What the page must never do: requests to elsewhere, violations of its policy, uncaught errors. */
  readonly faults: string[] = [];
  /** Paths that were asked for. */
  readonly requests: string[] = [];

  private constructor(
    readonly page: Page,
    readonly port: number,
    private readonly context: BrowserContext,
    private readonly store: EventStore | undefined,
    private collector: Collector | undefined,
  ) {}

  static async open(options: WebPageOptions = {}): Promise<WebPage> {
    const store = options.isLiveOnly || options.port !== undefined
      ? undefined
      : options.store ?? new MemoryStore();
    const collector = options.port === undefined ? await listen(store, 0) : undefined;
    const browser = await startedChromium();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 720 },
      timezoneId: "UTC",
      ...options.context,
    });
    if (LATE_MS > 0) await context.addInitScript(makeLate, LATE_MS);
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    const port = options.port ?? collector?.port ?? 0;
    const opened = new WebPage(page, port, context, store, collector);
    opened.#listenForFaults();
    if (options.events !== undefined) await opened.push(...options.events);
    await opened.goto(options.hash ?? "");
    return opened;
  }

  /** The page's address without what follows `#`. */
  get url(): string {
    return `http://localhost:${this.port}/`;
  }

  /** The part of the address that holds the state. */
  get hash(): string {
    return new URL(this.page.url()).hash;
  }

  /** Waits until the address holds what matches. */
  async untilHash(pattern: RegExp): Promise<void> {
    await untilHolds("the address", () => this.hash, (hash) => assert.match(hash, pattern));
  }

  /** Opens another address of the page, as if it was typed. */
  async goto(hash: string): Promise<void> {
    await this.page.goto("about:blank");
    await this.page.goto(`${this.url}${hash}`);
  }

  /** Sends events to the collector, which has stored them when it resolves. */
  async push(...events: readonly Partial<Event>[]): Promise<void> {
    const response = await fetch(`${this.url}events`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: events.map((event) => `${eventToJson(createEvent({ content: "", ...event }))}\n`).join(
        "",
      ),
    });
    const answer = await response.text();
    assert.equal(response.status, 200, answer);
    assert.equal(JSON.parse(answer).rejected_total, 0, answer);
  }

  /** Stops the collector; its store stays. */
  async stopCollector(): Promise<void> {
    await this.collector?.[Symbol.asyncDispose]();
    this.collector = undefined;
  }

  /** Starts it again, with the same store. */
  async startCollector(): Promise<void> {
    this.collector = await listen(this.store, this.port);
  }

  get #list(): Locator {
    return this.page.getByRole("listbox", { name: "Events" });
  }

  /** The contents of the rows that are drawn. */
  async contents(): Promise<string[]> {
    return await this.page.locator(".row:not([hidden]) .row-content").allInnerTexts();
  }

  /** Waits until the rows drawn are these and no others. */
  async untilContents(wanted: readonly string[]): Promise<void> {
    await untilTexts(this.page.locator(".row:not([hidden]) .row-content"), wanted);
  }

  /** Ranks and contents of the rows drawn, when all of them are loaded. */
  async loadedRows(): Promise<readonly DrawnRow[]> {
    let rows: readonly DrawnRow[] = [];
    await until("rows that are loaded", async () => {
      rows = await this.page.locator(".row:not([hidden])").evaluateAll(readRows);
      return rows.length > 0 && rows.every(({ text }) => text !== "…");
    });
    return rows;
  }

  /** Scrolls the list to a part of its way, and waits until the rows there are shown. */
  async scrollTo(part: number): Promise<void> {
    await this.#list.evaluate(scrollToPart, part);
    await untilEqual("the rows of that place", () => this.#list.evaluate(isInPlace), true);
  }

  /** Waits until the list rests after it was scrolled, and shows the rows of where it is. */
  async untilInPlace(): Promise<void> {
    await this.#list.evaluate(comesToRest);
    await untilEqual("the rows of that place", () => this.#list.evaluate(isInPlace), true);
  }

  /** Waits until an element shows a text. */
  async untilText(selector: string, pattern: RegExp): Promise<void> {
    const element = this.page.locator(selector).first();
    await untilHolds(selector, () => element.innerText(), (text) => assert.match(text, pattern));
  }

  /** Waits until the page says that it follows. */
  async untilFollowing(): Promise<void> {
    await this.untilText("#state", /Following new events/);
  }

  /** How many events the page says there are. */
  async total(): Promise<number> {
    return Number((await this.page.locator("#summary strong").innerText()).replaceAll(",", ""));
  }

  /** Waits until the page says that there are so many events. */
  async untilTotal(total: number): Promise<void> {
    const count = total.toLocaleString("en-US");
    await this.untilText("#summary", new RegExp(`^${count} events? ·`));
  }

  /** The chart over the list. */
  get chart(): Locator {
    return this.page.getByRole("group", { name: /^Events over time/ });
  }

  /** Waits until the chart is drawn and shows so many events. */
  async untilCharted(total: RegExp): Promise<void> {
    await untilHolds("the chart", () => this.chart.getAttribute("aria-label"), (label) => {
      assert.match(label ?? "", new RegExp(`^Events over time: (${total.source}) from `));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await this.stopCollector();
    await this.store?.[Symbol.asyncDispose]();
    assert.deepEqual(this.faults, []);
  }

  #listenForFaults(): void {
    this.page.on("pageerror", (error) => this.faults.push(`uncaught: ${error.message}`));
    this.page.on("console", (message) => {
      const text = message.text();
      if (/Content Security Policy|Content-Security-Policy/i.test(text)) this.faults.push(text);
    });
    this.page.on("dialog", (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const origins = [this.url, this.url.replace("http", "ws"), "data:", "blob:", "about:"];
    const check = (url: string) => {
      this.requests.push(url);
      if (!origins.some((origin) => url.startsWith(origin))) this.faults.push(`request to ${url}`);
    };
    this.page.on("request", (request) => check(request.url()));
    this.page.on("websocket", (socket) => check(socket.url()));
  }
}

async function listen(store: EventStore | undefined, port: number): Promise<Collector> {
  return await Collector.listen({
    ...(store === undefined ? {} : { store }),
    port,
    assets: WEB_ASSETS,
  });
}

/** Events a second apart with these contents, the last one a minute ago. */
export function eventsOf(...contents: readonly string[]): Partial<Event>[] {
  const last = Math.floor(Date.now() / 1000) - 60;
  return contents.map((content, at) => {
    return {
      id: `event-${at}`,
      timestamp: last - contents.length + at,
      source: "app",
      tags: ["test"],
      content,
    };
  });
}
