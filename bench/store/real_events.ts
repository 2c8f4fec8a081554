import { createEvent, type RawEvent, toRawEvent } from "../../lib/event/mod.ts";
import { realLogs } from "../../tests/shared_data.ts";
import { Random } from "../../tests/random.ts";

/** Seconds from one event to the next where nothing else is said: an hour holds a million. */
const STEP_SECONDS = 0.0036;

const FIRST_TIMESTAMP = 1.7e9;

/**
 * Events made from real log lines: their sources in turn, ids of their own, and when the lines begin
 * again other digits in the place of theirs, so that no text comes back a thousand times.
 */
export class RealEvents {
  readonly #logs: readonly { readonly source: string; readonly lines: readonly string[] }[];
  readonly #random = new Random(1);
  readonly #stepSeconds: number;

  constructor(options: { readonly stepSeconds?: number } = {}) {
    this.#stepSeconds = options.stepSeconds ?? STEP_SECONDS;
    this.#logs = realLogs().map(({ name, path }) => ({
      source: `/var/log/${name}`,
      lines: Deno.readTextFileSync(path).split("\n").filter((line) => line !== ""),
    }));
  }

  /** Seconds since 1970 of the event with this number. */
  timestampOf(number: number): number {
    return FIRST_TIMESTAMP + number * this.#stepSeconds + (number % 7) * 1e-4;
  }

  /** So many events from this number on. */
  batch(first: number, length: number): RawEvent[] {
    return Array.from({ length }, (_, i) => toRawEvent(this.#make(first + i)));
  }

  #make(number: number) {
    const { source, lines } = this.#logs[number % this.#logs.length] ?? { source: "", lines: [""] };
    const place = Math.floor(number / this.#logs.length);
    const line = lines[place % lines.length] ?? "";
    return createEvent({
      timestamp: this.timestampOf(number),
      source,
      tags: ["host-1", `app-${number % 3}`],
      content: place < lines.length ? line : line.replace(/\d{3,}/g, this.#otherDigits),
    });
  }

  readonly #otherDigits = (digits: string): string => {
    let other = "";
    while (other.length < digits.length) {
      other += this.#random.below(1e9).toString().padStart(9, "0");
    }
    return other.slice(0, digits.length);
  };
}
