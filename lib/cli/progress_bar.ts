import type { Environment } from "./environment.ts";
import type { OutputStream } from "./terminal.ts";

/** Redrawn no more often than this: every 100 ms. */
const REDRAW_MS = 100;

const CELLS = 24;

const encoder = new TextEncoder();

/**
 * Shows on standard error how far long work is, on one line that is drawn over again; where that is no
 * terminal it shows nothing.
 *
 * @example
 * ```
 * export [##########              ]  41 %  12,345 events
 * ```
 */
export class ProgressBar implements Disposable {
  readonly #label: string;
  readonly #output: OutputStream;
  readonly #now: () => number;
  #drawnMs = -Infinity;
  #width = 0;

  constructor(label: string, { stderr, now }: Pick<Environment, "stderr" | "now">) {
    this.#label = label;
    this.#output = stderr;
    this.#now = now;
  }

  /**
   * Says how far the work is.
   *
   * @param part From 0 to 1, undefined when nobody knows.
   * @param detail What was done so far.
   */
  update(part: number | undefined, detail = ""): void {
    if (!this.#output.isTerminal) return;
    const now = this.#now();
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    this.#draw(`${this.#label} ${drawPart(part)}${detail === "" ? "" : `  ${detail}`}`);
  }

  /** Takes the line away for something else that is to be written; a later update brings it back. */
  clear(): void {
    if (this.#width === 0) return;
    this.#draw("");
    this.#write("\r");
    this.#drawnMs = this.#now();
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    this.clear();
  }

  #draw(line: string): void {
    this.#write(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  /** A terminal that is gone is no reason to stop the work. */
  #write(text: string): void {
    try {
      this.#output.writeSync(encoder.encode(text));
    } catch {
      this.#width = 0;
    }
  }
}

function drawPart(part: number | undefined): string {
  if (part === undefined) return "...";
  const bounded = Math.min(1, Math.max(0, part));
  const bar = "#".repeat(Math.round(bounded * CELLS)).padEnd(CELLS);
  return `[${bar}] ${String(Math.floor(bounded * 100)).padStart(3)} %`;
}

/** Lets a signal or a timer in between two pieces of work that does not wait for anything. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
