import { runTau } from "../../../lib/cli/tau/tau_program.ts";
import type { Criteria } from "../../../lib/event/criteria.ts";
import type { Event } from "../../../lib/event/event.ts";
import { until } from "../../e2e/until.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { StoreFinder } from "./store_finder.ts";

/** What keys send. */
export const KEY = {
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  pageUp: "\x1b[5~",
  pageDown: "\x1b[6~",
  home: "\x1b[H",
  end: "\x1b[F",
  enter: "\r",
  escape: "\x1b",
  backspace: "\x7f",
  wheelUp: "\x1b[<64;10;10M",
  wheelDown: "\x1b[<65;10;10M",
} as const;

/** How a session is set up. */
export interface SessionOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly criteria?: Criteria;
  readonly colors?: boolean;
  readonly unicode?: boolean;
  /** Stored before the program starts. */
  readonly events?: readonly Event[];
  /** Changes the finder before the program starts. */
  readonly prepare?: (finder: StoreFinder) => void;
}

/** The whole program on a virtual screen, with a store for a collector. */
export class TauSession implements AsyncDisposable {
  readonly terminal: FakeTerminal;
  readonly finder: StoreFinder;
  readonly #stop = new AbortController();
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;

  private constructor(terminal: FakeTerminal, finder: StoreFinder, options: SessionOptions) {
    const { criteria = {}, colors = true, unicode = true } = options;
    this.terminal = terminal;
    this.finder = finder;
    this.ended = runTau({
      device: terminal,
      finder,
      abilities: { colors, unicode },
      criteria,
      stop: this.#stop.signal,
      now: Date.now,
    });
  }

  static async start(options: SessionOptions = {}): Promise<TauSession> {
    const finder = new StoreFinder();
    if (options.events !== undefined) await finder.push(options.events);
    options.prepare?.(finder);
    const terminal = new FakeTerminal(options.columns, options.rows);
    return new TauSession(terminal, finder, options);
  }

  /** What the screen shows. */
  get text(): string {
    return this.terminal.screen.text;
  }

  /** Types; each text is read on its own. */
  type(...texts: string[]): void {
    this.terminal.type(...texts);
  }

  /** Waits until the screen shows something. */
  async shows(wanted: string | RegExp): Promise<void> {
    await this.until(
      `the screen to show ${wanted}`,
      () => typeof wanted === "string" ? this.text.includes(wanted) : wanted.test(this.text),
    );
  }

  /** Waits until the screen does not show something. */
  async hides(unwanted: string): Promise<void> {
    await this.until(`the screen to hide ${unwanted}`, () => !this.text.includes(unwanted));
  }

  /** Waits for a condition; failures show the screen. */
  async until(what: string, condition: () => boolean): Promise<void> {
    try {
      await until(what, condition);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason}\n${this.text}`);
    }
  }

  /** The numbers of all events, read screen by screen from the first to the last. */
  async readAll(): Promise<number[]> {
    const numbers: number[] = [];
    this.type("g");
    await this.shows(/^ .*event 0$/m);
    for (;;) {
      const shown = [...this.text.matchAll(/^.\S+ .*event (\d+)$/gm)].map((match) =>
        Number(match[1])
      );
      const from = shown.indexOf(numbers.at(-1) ?? -1);
      if (numbers.length > 0 && from < 0) throw new Error(`A gap before\n${this.text}`);
      numbers.push(...shown.slice(from + 1));
      if (this.text.includes("● live")) return numbers;
      const { text } = this;
      this.type(KEY.pageDown);
      await this.until("the next screen", () => this.text !== text);
    }
  }

  /** As a signal does. */
  stop(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    this.terminal.close();
    await this.ended;
    await this.finder[Symbol.asyncDispose]();
  }
}
