import type { Event } from "../../../lib/event/event.ts";
import type { FeedOptions, TheiaFeed, TheiaPush } from "../../../lib/hat/bridge/bridge_options.ts";
import { theiaKey } from "../../../lib/hat/bridge/theia_to_hat.ts";
import type { Random } from "../../random.ts";

/** The connection of a bridge broke. */
export class BrokenConnection extends Error {}

/** A collector as a bridge sees it: arrivals, counted from 1, and what was pushed, without duplicates. */
export class ModelCollector implements AsyncDisposable {
  readonly stored: Event[] = [];
  readonly #keys = new Set<string>();
  readonly #random: Random;
  #waiting = new Set<() => void>();
  readonly #turns = new Set<Promise<void>>();
  /** How often a connection breaks, at each message. */
  breaking = 0.05;
  /** How many pushed events were stored before. */
  duplicates = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Stores an event unless it is there. */
  store(event: Event): void {
    const key = theiaKey(event);
    if (this.#keys.has(key)) this.duplicates++;
    else this.stored.push(event);
    this.#keys.add(key);
    for (const wake of this.#waiting) wake();
  }

  /** A feed that breaks now and then. `isAlive` false: it never says anything again, as after a crash. */
  feed(isAlive: () => boolean): TheiaFeed {
    return (since, options) => this.#follow(since, options, isAlive);
  }

  /** A push that fails now and then, before or after the events are stored. */
  push(isAlive: () => boolean): TheiaPush {
    return async (events) => {
      await this.#pause();
      if (!isAlive()) await new Promise(() => {});
      if (this.#breaks()) throw new BrokenConnection();
      for (const event of events) this.store(event);
      await this.#pause();
      if (!isAlive()) await new Promise(() => {});
      if (this.#breaks()) throw new BrokenConnection();
      return { rejected: [] };
    };
  }

  async *#follow(
    since: number | undefined,
    { signal, onCursor }: FeedOptions,
    isAlive: () => boolean,
  ): AsyncGenerator<readonly Event[]> {
    let cursor = since ?? this.stored.length;
    if (since === undefined) onCursor(cursor);
    // What was stored meanwhile comes in the order of time, with no cursor in between.
    const end = this.stored.length;
    const replay = this.stored.slice(cursor).toSorted((a, b) => a.timestamp - b.timestamp);
    for (let at = 0; at < replay.length;) {
      const to = at + this.#random.int(1, 4);
      yield* this.#hand(replay.slice(at, to), signal, isAlive);
      at = to;
    }
    if (end > cursor) onCursor(cursor = end);
    for (;;) {
      while (cursor === this.stored.length && !signal.aborted) await this.#arrival(signal);
      signal.throwIfAborted();
      const events = this.stored.slice(cursor, cursor + this.#random.int(1, 4));
      yield* this.#hand(events, signal, isAlive);
      onCursor(cursor += events.length);
    }
  }

  async *#hand(
    events: readonly Event[],
    signal: AbortSignal,
    isAlive: () => boolean,
  ): AsyncGenerator<readonly Event[]> {
    await this.#pause();
    if (!isAlive()) await new Promise(() => {});
    signal.throwIfAborted();
    if (this.#breaks()) throw new BrokenConnection();
    yield events;
    if (!isAlive()) await new Promise(() => {});
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }

  #breaks(): boolean {
    return this.#random.chance(this.breaking);
  }

  /** Lets others have a turn, sometimes. */
  async #pause(): Promise<void> {
    if (!this.#random.chance(0.5)) return;
    const turn = new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#turns.add(turn);
    await turn;
    this.#turns.delete(turn);
  }

  /** Waits for what nobody waits for any more, such as a push that was given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns);
  }
}
