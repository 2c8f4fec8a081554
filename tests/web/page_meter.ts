import type { CDPSession, Page } from "./chromium.ts";
import { startFrames, takeFrames } from "./in_page.js";

/** What the page's frames were like. */
export interface FrameFigures {
  readonly frames: number;
  readonly longestMs: number;
  /** Those over 200 ms. */
  readonly longMs: readonly number[];
  /** How long the machine let a timer of the test wait at most, which is no fault of the page. */
  readonly stallMs: number;
}

/** About a frame. */
const TICK_MS = 16;

/** Measures the frames and the memory of a page. */
export class PageMeter {
  readonly #page: Page;
  readonly #session: CDPSession;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stallMs = 0;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
  }

  static async attach(page: Page): Promise<PageMeter> {
    return new PageMeter(page, await page.context().newCDPSession(page));
  }

  /** Begins to measure frames. */
  async start(): Promise<void> {
    await this.#page.evaluate(startFrames);
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#stallMs = Math.max(this.#stallMs, now - last - TICK_MS);
      last = now;
    }, TICK_MS);
  }

  /** The frames since the start. */
  async frames(): Promise<FrameFigures> {
    const gaps = await this.#page.evaluate(takeFrames);
    clearInterval(this.#timer);
    return {
      frames: gaps.length,
      longestMs: Math.round(Math.max(0, ...gaps)),
      longMs: gaps.filter((gap) => gap > 200).map(Math.round),
      stallMs: Math.round(this.#stallMs),
    };
  }

  /** Bytes of the page's JavaScript that are in use, after garbage was collected. */
  async heapBytes(): Promise<number> {
    await this.#session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#session.send("Runtime.getHeapUsage");
    return usedSize;
  }
}

/** A line of a test's report. */
export function report(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`\n    ${text}\n`));
}
