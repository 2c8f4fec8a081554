import { concatBytes } from "../../lib/base/bytes.ts";
import { type Criteria, type Event, serializeEvent } from "../../lib/event/mod.ts";
import { FakeCollector, type Peer } from "./fake_collector.ts";

/** A live subscription of the model. */
interface Subscriber {
  readonly peer: Peer;
  isSlow: boolean;
  dropped: number;
  /** Everything up to here was sent. */
  cursor: number;
}

/** A collector's live side: arrival numbers are the places in `stored`, from 1. */
export class LiveCollector implements AsyncDisposable {
  readonly stored: Event[] = [];
  readonly fake: FakeCollector;
  /** The criteria received. */
  readonly asked: Criteria[] = [];
  readonly #keeps: boolean;
  readonly #whenAsked = Promise.withResolvers<void>();
  #subscriber: Subscriber | undefined;

  /** @param keeps Whether it can replay. */
  constructor(keeps = true) {
    this.#keeps = keeps;
    this.fake = new FakeCollector({
      onMessage: (peer, message) => this.#follow(peer, JSON.parse(String(message))),
    });
  }

  /** Resolves when there was a subscriber. */
  get whenAsked(): Promise<void> {
    return this.#whenAsked.promise;
  }

  /** Says again how far the subscriber is. */
  heartbeat(): void {
    const subscriber = this.#subscriber;
    subscriber?.peer.send({ cursor: subscriber.cursor });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.fake[Symbol.asyncDispose]();
  }

  /** Stores an event and sends it, with or without saying how far the subscriber is. */
  publish(event: Event, withCursor = true): void {
    this.stored.push(event);
    const subscriber = this.#subscriber;
    if (subscriber === undefined) return;
    if (subscriber.isSlow) {
      subscriber.dropped++;
      return;
    }
    subscriber.peer.send(concatBytes([serializeEvent(event)]));
    subscriber.cursor = this.stored.length;
    if (withCursor) subscriber.peer.send({ cursor: this.stored.length });
  }

  /** From now on events are dropped; `endGap` says so to the subscriber. */
  beginGap(): void {
    if (this.#subscriber !== undefined) this.#subscriber.isSlow = true;
  }

  endGap(): void {
    const subscriber = this.#subscriber;
    if (subscriber === undefined || !subscriber.isSlow) return;
    subscriber.isSlow = false;
    if (subscriber.dropped === 0) return;
    subscriber.peer.send({ gap: { dropped: subscriber.dropped, since: subscriber.cursor } });
    subscriber.dropped = 0;
    // What comes after a gap is sent again by the replay that the gap leads to.
  }

  #follow(peer: Peer, criteria: Criteria): void {
    this.asked.push(criteria);
    peer.send("ok");
    const end = this.stored.length;
    const since = criteria.since ?? end;
    if (since < end && this.#keeps) {
      // A replay comes ordered by time, not by arrival, and without cursors in between.
      const replay = this.stored.slice(since).sort((a, b) => a.timestamp - b.timestamp);
      for (let at = 0; at < replay.length; at += 3) {
        peer.send(concatBytes(replay.slice(at, at + 3).map(serializeEvent)));
      }
    } else if (since < end) {
      peer.send({ gap: { dropped: end - since, since: end } });
    }
    peer.send({ cursor: end });
    this.#subscriber = { peer, isSlow: false, dropped: 0, cursor: end };
    this.#whenAsked.resolve();
  }
}
