import type { CDPSession, Page } from "./chromium.ts";
import { startFrames, takeFrames } from "./in_page.js";

/** What the page's frames were like. */
export interface FrameFigures {
  readonly frames: number;
  readonly longestMs: number;
  /** Those over 200 ms. */
  readonly longMs: readonly number[];
}

/** Measures the frames and the memory of a page. */
export class PageMeter {
  readonly #page: Page;
  readonly #session: CDPSession;

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
  }

  /** The frames since the start or the last call. */
  async frames(): Promise<FrameFigures> {
    const gaps = await this.#page.evaluate(takeFrames);
    return {
      frames: gaps.length,
      longestMs: Math.round(Math.max(0, ...gaps)),
      longMs: gaps.filter((gap) => gap > 200).map(Math.round),
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
