import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, type Event, type EventInit } from "../../lib/event/event.ts";
import { serializeEvent } from "../../lib/event/text_format.ts";
import { Collector, type CollectorOptions } from "../../lib/server/collector.ts";
import type { CollectorNotice } from "../../lib/server/collector_notice.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import type { EventSearch, EventStore, SaveOptions, SaveResult } from "../../lib/store/store.ts";
import { TestClient, WAIT_MS } from "./test_client.ts";

/** A collector on a free port with what a test wants to see of it. */
export class Bench implements AsyncDisposable {
  readonly notices: CollectorNotice[] = [];
  readonly #watchers: (() => void)[] = [];

  private constructor(readonly store: EventStore | undefined) {}

  collector!: Collector;

  static async start(options: CollectorOptions | "live" = {}): Promise<Bench> {
    const given: CollectorOptions = options === "live"
      ? {}
      : { store: new MemoryStore(), ...options };
    const bench = new Bench(given.store);
    bench.collector = await Collector.listen({
      port: 0,
      ...given,
      observer: (notice) => {
        bench.notices.push(notice);
        for (const watcher of bench.#watchers.splice(0)) watcher();
      },
    });
    return bench;
  }

  connect(path: string, protocol?: string): Promise<TestClient> {
    const url = `ws://127.0.0.1:${this.collector.port}${path}`;
    return TestClient.connect(url, protocol === undefined ? [] : [protocol]);
  }

  /** The first notice of a kind, as soon as there is one that holds. */
  async notice<K extends CollectorNotice["kind"]>(
    kind: K,
    holds: (notice: Extract<CollectorNotice, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<CollectorNotice, { kind: K }>> {
    for (;;) {
      for (const notice of this.notices) {
        const wanted = notice as Extract<CollectorNotice, { kind: K }>;
        if (notice.kind === kind && holds(wanted)) return wanted;
      }
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.collector[Symbol.asyncDispose]();
    await this.store?.[Symbol.asyncDispose]();
  }
}

/** A store whose saves wait, fail, or do both, and whose searches may be replaced. */
export class FakeStore extends MemoryStore {
  #gate = Promise.resolve();
  #open = () => {};
  /** Errors of the next saves. */
  readonly failures: Error[] = [];
  /** Used instead of the real search. */
  fakeSearch: ((signal: AbortSignal | undefined) => AsyncGenerator<never, void>) | undefined;
  /** Sizes of the saves that were begun. */
  readonly saves: number[] = [];
  /** Whether events are handed on before a held save goes on. */
  acceptsFirst = false;

  /** Saves wait from now on. */
  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    this.#open = resolve;
  }

  /** Saves that wait go on. */
  release(): void {
    this.#open();
  }

  override async save(events: readonly Event[], options: SaveOptions = {}): Promise<SaveResult> {
    this.saves.push(events.length);
    const failure = this.failures.shift();
    if (this.acceptsFirst && failure === undefined) {
      const result = await super.save(events, options);
      await this.#gate;
      return result;
    }
    await this.#gate;
    if (failure !== undefined) throw failure;
    return await super.save(events, options);
  }

  override search(...args: Parameters<MemoryStore["search"]>): EventSearch {
    const fake = this.fakeSearch;
    if (fake === undefined) return super.search(...args);
    const iterator = fake(args[1]?.signal);
    return {
      summary: { matched: 0, scanned: 0, cursor: this.cursor },
      [Symbol.asyncIterator]: () => iterator,
    };
  }
}

/** An event in the text format; ids count up from `e1` unless told. */
export function frame(init: EventInit): Uint8Array {
  return serializeEvent(createEvent({ timestamp: 1_700_000_000, source: "test", ...init }));
}

export function frames(...inits: EventInit[]): Uint8Array {
  return concatBytes(inits.map(frame));
}

/** Events `<prefix>1` to `<prefix><count>`, a second apart. */
export function numbered(prefix: string, count: number, content = "x"): EventInit[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${i + 1}`,
    timestamp: 1_700_000_000 + i,
    content,
  }));
}

/** Resolves when the condition holds; looked at every few milliseconds. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`Waited ${WAIT_MS} ms in vain: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
