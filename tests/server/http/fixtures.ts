import assert from "node:assert/strict";
import { createEvent } from "../../../lib/event/event.ts";
import type { RawEvent } from "../../../lib/event/raw_event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import type { EventBatch, EventSearch } from "../../../lib/store/store.ts";
import { Bench, FakeStore, numbered, until } from "../fixtures.ts";

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

/** Asks on bare TCP, and reads nothing yet. */
export async function connectRaw(
  bench: Bench,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<Deno.TcpConn> {
  const { port } = bench.collector;
  const lines = Object.entries({ host: `localhost:${port}`, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${line} HTTP/1.1\r\n${lines}\r\n${body}`));
  return connection;
}

/** Asks on bare TCP with any headers, and reads until the collector closes. */
export async function askRaw(
  bench: Bench,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<Answer> {
  using connection = await connectRaw(bench, line, { ...headers, connection: "close" }, body);
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
  makeBatches: (signal: AbortSignal, onTurn: () => void) => AsyncIterable<readonly RawEvent[]> =
    async function* () {};

  override search(...[, options]: Parameters<FakeStore["search"]>): EventSearch {
    const signal = options?.signal ?? new AbortController().signal;
    const iterator = this.#search(signal, options?.onTurn ?? (() => {}));
    return {
      summary: { matched: 0, scanned: 0, cursor: this.cursor },
      [Symbol.asyncIterator]: () => iterator,
    };
  }

  async *#search(signal: AbortSignal, onTurn: () => void): AsyncGenerator<EventBatch, void> {
    try {
      for await (const events of this.makeBatches(signal, onTurn)) {
        this.batches++;
        yield { events, arrivals: events.map((_, i) => i + 1) };
      }
    } finally {
      this.ended++;
    }
  }
}

/** Events that fill the buffers of a connection: a MB, or a KB each. */
export function bigBatch(count = 1000): RawEvent[] {
  return numbered("e", count, "x".repeat(1000)).map((init) => toRawEvent(createEvent(init)));
}

/** A number that grows, when it does so no more. */
export async function resting(value: () => number): Promise<number> {
  let before = 0;
  while (before === 0 || value() !== before) {
    before = value();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return before;
}

/** Asks for what is searched for in vain, and leaves once the answer began; returns its status. */
export async function leaveSearch(path: string): Promise<number> {
  const store = new SearchedStore();
  // deno-lint-ignore require-yield -- it finds nothing
  store.makeBatches = async function* (signal) {
    await never(signal);
  };
  await using bench = await Bench.start({ store });
  const abort = new AbortController();
  const url = `http://127.0.0.1:${bench.collector.port}${path}`;
  const response = await fetch(url, { signal: abort.signal });
  assert.equal(store.ended, 0);
  abort.abort();
  await response.body?.cancel().catch(() => {});
  await until(() => store.ended === 1);
  return response.status;
}

/** Never resolves; rejects when the signal aborts. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
