import { Backoff, type BackoffOptions, sleep } from "../base/backoff.ts";
import type { Event } from "../event/event.ts";
import { checkClientOptions, type ClientOptions } from "./client_options.ts";
import type { Connection } from "./connection.ts";
import { EventGatherer } from "./event_gatherer.ts";
import { Failover } from "./failover.ts";
import { pushTargets } from "./push_targets.ts";
import type { PushResult } from "./push_result.ts";
import { Pusher, type PusherParts } from "./pusher.ts";
import { isTransient, reconnect } from "./reconnect.ts";

/** Longest wait before events that the collector could not take are sent again. */
const MAX_RETRY_MS = 500;

/**
 * Pushes events to a collector, each exactly once.
 *
 * Of several collectors it uses the first that answers, and stays there until that connection is lost.
 * What was not acknowledged by then is sent to the next one, so an event may be in the stores of both:
 * each collector has it at most once, one of them has it for certain.
 *
 * What was sent is kept until the collector says that it is stored. When the connection is lost, a
 * new one is made, and what was not acknowledged is sent again in order; the collector recognises
 * events that it has by timestamp and id. Events that the collector cannot take for now, such as when
 * its disk is full, are sent again after a while.
 *
 * @example
 * ```ts
 * import { Client, Collector, createEvent, MemoryStore } from "@theia/collector";
 *
 * await using store = new MemoryStore();
 * await using collector = await Collector.listen({ store, port: 0 });
 * await using client = await Client.connect({ host: "localhost", port: collector.port });
 * const result = await client.send([createEvent({ source: "oven", content: "212 °C" })]);
 * console.log(result.events, "stored");
 * ```
 */
export class Client implements AsyncDisposable {
  readonly #stop: AbortController;
  readonly #flushTimeoutMs: number;
  readonly #pusher: Pusher;
  readonly #gatherer: EventGatherer;
  readonly #running: Promise<void>;
  #isClosing = false;
  #end: { readonly error: unknown } | undefined;
  #disposal: Promise<void> | undefined;

  private constructor(parts: PusherParts, stop: AbortController, connection: Connection) {
    const { maxMessageBytes, flushTimeoutMs } = parts.settings;
    this.#stop = stop;
    this.#flushTimeoutMs = flushTimeoutMs;
    this.#pusher = new Pusher(parts);
    this.#gatherer = new EventGatherer((events) => this.#push(events), maxMessageBytes);
    stop.signal.addEventListener("abort", () => this.#fail(stop.signal.reason), { once: true });
    this.#running = this.#pusher.run(connection).catch((error) => this.#fail(error));
  }

  /**
   * Connects to a collector: the first of `collectors` that answers.
   *
   * @throws {ConnectError} When that is not possible, unless `retryFirst` says to try again.
   * @throws {RangeError} When an option is out of its range.
   * @throws {TypeError} When an address or a certificate is malformed, or there is no collector.
   * @throws The signal's reason when it aborts.
   */
  static async connect(options: ClientOptions = {}): Promise<Client> {
    const settings = checkClientOptions(options);
    const stop = new AbortController();
    const { signal } = options;
    const parts: PusherParts = {
      settings,
      failover: new Failover(pushTargets(options, stop.signal), settings.onNotice),
      signal: stop.signal,
      backoff: new Backoff(options.backoff),
      retryBackoff: retryBackoff(options.backoff),
    };
    signal?.throwIfAborted();
    const untilStopped = { once: true, signal: stop.signal };
    signal?.addEventListener("abort", () => stop.abort(signal.reason), untilStopped);
    try {
      const connection = await connectFirst(parts, options.retryFirst ?? false);
      return new Client(parts, stop, connection);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  }

  /**
   * Sends events. The array must not be changed until the promise settles.
   *
   * @returns What became of them, as soon as each one is stored or refused for good.
   * @throws {ProtocolError} When the server answers what a collector must not.
   * @throws {Error} When the client is closed before all are acknowledged.
   * @throws The signal's reason when it aborts.
   */
  async send(events: readonly Event[]): Promise<PushResult> {
    this.#assertOpen();
    return await this.#push(events);
  }

  /**
   * Sends an event, together with others of the same turn of the event loop: a loop of calls that are not
   * awaited one by one is fast.
   *
   * @throws {EventRejectedError} When the collector refuses the event for good.
   * @throws What {@linkcode Client.send} rejects with.
   */
  async sendEvent(event: Event): Promise<void> {
    this.#assertOpen();
    await this.#gatherer.add(event);
  }

  /**
   * Resolves when there is a connection and room for another message: who waits for it before each call
   * of a send never keeps more than the window in memory.
   *
   * @throws What {@linkcode Client.send} rejects with.
   */
  async ready(): Promise<void> {
    this.#assertOpen();
    await this.#pusher.room();
  }

  /**
   * Resolves when everything sent before is acknowledged.
   *
   * @throws What {@linkcode Client.send} rejects with.
   */
  async flush(): Promise<void> {
    this.#assertOpen();
    this.#gatherer.flush();
    await this.#pusher.settled();
  }

  /**
   * Waits until everything is acknowledged, at most `flushTimeoutMs`, then disconnects; what is not
   * acknowledged by then rejects.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    this.#gatherer.flush();
    this.#isClosing = true;
    if (this.#pusher.unfinished > 0) {
      const flushed = new AbortController();
      const timeout = sleep(this.#flushTimeoutMs, flushed.signal);
      await Promise.allSettled([Promise.race([this.#pusher.settled(), timeout])]);
      flushed.abort();
    }
    this.#fail(closedError(this.#pusher.unfinished));
    await this.#running;
  }

  #assertOpen(): void {
    if (this.#end !== undefined) throw this.#end.error;
    if (this.#isClosing) throw closedError(0);
  }

  #push(events: readonly Event[]): Promise<PushResult> {
    return this.#end === undefined ? this.#pusher.send(events) : Promise.reject(this.#end.error);
  }

  #fail(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#gatherer.flush();
    this.#pusher.fail(error);
    this.#stop.abort(error);
  }
}

/** As for connecting again, but never so long that a collector with room again waits for a second. */
function retryBackoff(options: BackoffOptions = {}): Backoff {
  const { minDelayMs = MAX_RETRY_MS / 4, maxDelayMs = MAX_RETRY_MS } = options;
  return new Backoff({
    ...options,
    minDelayMs: Math.min(minDelayMs, MAX_RETRY_MS),
    maxDelayMs: Math.min(maxDelayMs, MAX_RETRY_MS),
  });
}

async function connectFirst(parts: PusherParts, retry: boolean): Promise<Connection> {
  const { failover, signal, backoff, settings: { onNotice } } = parts;
  const attempt = () => failover.connect();
  try {
    return await attempt();
  } catch (error) {
    if (!retry || !isTransient(error)) throw error;
    onNotice({ kind: "disconnected", url: error.url, reason: error.message });
    return await reconnect({ attempt, backoff, onNotice, signal });
  }
}

function closedError(unfinished: number): Error {
  return new Error(
    unfinished > 0
      ? `Cannot push events: client was closed while ${unfinished} sends were not acknowledged`
      : "Cannot push events: client is closed",
  );
}
