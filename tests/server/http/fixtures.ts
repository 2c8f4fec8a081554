import type { RawEvent } from "../../../lib/event/raw_event.ts";
import type { EventBatch, EventSearch } from "../../../lib/store/store.ts";
import { type Bench, FakeStore } from "../fixtures.ts";

/** What a request was answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into answers of all kinds
  json(): any;
}

/** Asks a collector, and reads the answer to its end. */
export async function ask(bench: Bench, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${bench.collector.port}${path}`, init);
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: () => JSON.parse(text) };
}

/** Pushes a body. */
export function push(
  bench: Bench,
  body: BodyInit | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = "application/vnd.theia.events";
  return ask(bench, "/events", {
    method: "POST",
    body: body as BodyInit,
    headers: { "content-type": type, ...headers },
  });
}

/** Asks on bare TCP with any headers, and reads until the collector closes. */
export async function askRaw(
  bench: Bench,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<Answer> {
  const { port } = bench.collector;
  const lines = Object.entries({ host: `localhost:${port}`, ...headers, connection: "close" })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${line} HTTP/1.1\r\n${lines}\r\n${body}`));
  const answer = await new Response(connection.readable).text();
  const at = answer.indexOf("\r\n\r\n");
  const [first = "", ...rest] = answer.slice(0, at).split("\r\n");
  const text = answer.slice(at + 4);
  return {
    status: Number(first.split(" ")[1]),
    headers: new Headers(rest.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon), field.slice(colon + 1).trim()];
    })),
    text,
    json: () => JSON.parse(text),
  };
}

/** A store whose searches bring what a test makes, and that knows how its searches went. */
export class SearchedStore extends FakeStore {
  /** Batches handed out. */
  batches = 0;
  /** Searches of which the generator was ended, in whatever way. */
  ended = 0;
  /** Makes the batches of a search. */
  makeBatches: (signal: AbortSignal) => AsyncIterable<readonly RawEvent[]> = async function* () {};

  override search(...[, options]: Parameters<FakeStore["search"]>): EventSearch {
    const signal = options?.signal ?? new AbortController().signal;
    const iterator = this.#search(signal);
    return {
      summary: { matched: 0, scanned: 0, cursor: this.cursor },
      [Symbol.asyncIterator]: () => iterator,
    };
  }

  async *#search(signal: AbortSignal): AsyncGenerator<EventBatch, void> {
    try {
      for await (const events of this.makeBatches(signal)) {
        this.batches++;
        yield { events, arrivals: events.map((_, i) => i + 1) };
      }
    } finally {
      this.ended++;
    }
  }
}

/** Never resolves; rejects when the signal aborts. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
