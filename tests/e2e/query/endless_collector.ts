import { concatBytes } from "../../../lib/base/bytes.ts";
import { createEvent, serializeEvent } from "../../../lib/event/mod.ts";
import { FakeCollector, type Peer } from "../../client/fake_collector.ts";

/** Messages that are ahead of a client, which says nothing of its window to this collector. */
const AHEAD_BYTES = 1 << 20;

const MESSAGE_EVENTS = 500;

/** A collector that finds events without end, as fast as they are taken. */
export class EndlessCollector implements AsyncDisposable {
  readonly #fake: FakeCollector;
  readonly #message: Uint8Array<ArrayBuffer>;
  readonly #timers = new Set<ReturnType<typeof setInterval>>();
  #searches = 0;

  constructor() {
    const events = Array.from(
      { length: MESSAGE_EVENTS },
      (_, i) =>
        createEvent({ id: `${i}`, timestamp: 1, source: "/endless", content: `content ${i}` }),
    );
    this.#message = concatBytes(events.map(serializeEvent));
    this.#fake = new FakeCollector({ onMessage: (peer) => this.#find(peer) });
  }

  get port(): number {
    return this.#fake.port;
  }

  /** How many searches are under way. */
  get searches(): number {
    return this.#searches;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#fake[Symbol.asyncDispose]();
  }

  #find(peer: Peer): void {
    this.#searches++;
    peer.send("ok");
    const timer = setInterval(() => {
      if (peer.socket.readyState !== WebSocket.OPEN) return this.#end(timer);
      if (peer.socket.bufferedAmount < AHEAD_BYTES) peer.send(this.#message);
    }, 1);
    this.#timers.add(timer);
  }

  #end(timer: ReturnType<typeof setInterval>): void {
    clearInterval(timer);
    this.#timers.delete(timer);
    this.#searches--;
  }
}
