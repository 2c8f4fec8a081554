import { CriteriaError } from "../event/criteria.ts";
import { readFlowMessage } from "../wire/flow.ts";
import type { Connection, Message } from "./connection.ts";
import { StalledClientError } from "./send_room.ts";

/**
 * How far ahead of its client a connection may be, as the client says. The runtime's own clients read
 * on however slowly messages are taken, so the socket alone would not hold anything back.
 *
 * A message is sent while fewer bytes than the window are ahead: so one that is larger than the
 * window still goes, alone.
 */
export class SendWindow {
  readonly #connection: Connection;
  readonly #maxSilenceMs: number;
  #bytes = Infinity;
  #taken = 0;
  #hearing = () => {};

  /**
   * Without bound, until the client tells one.
   *
   * @param maxSilenceMs How long a client that is waited for may say nothing.
   */
  constructor(connection: Connection, maxSilenceMs: number) {
    this.#connection = connection;
    this.#maxSilenceMs = maxSilenceMs;
  }

  /** Whether the client told one. */
  get isGiven(): boolean {
    return this.#bytes !== Infinity;
  }

  /** Whether the client has taken everything, as far as it says so. */
  get isSettled(): boolean {
    return !this.isGiven || this.#taken === this.#connection.sentBytes;
  }

  get #hasRoom(): boolean {
    return this.#connection.sentBytes - this.#taken < this.#bytes;
  }

  /**
   * Takes a message that is about the window.
   *
   * @returns False when it is about something else.
   * @throws {CriteriaError} When it is wrong.
   */
  receive(message: Message): boolean {
    if (typeof message !== "string" || this.#connection.info.dialect !== "theia.v1") return false;
    const flow = readFlowMessage(message);
    if (flow === undefined) return false;
    if ("window" in flow) this.#bytes = flow.window;
    else this.#take(flow.taken);
    this.#hearing();
    return true;
  }

  /**
   * Resolves when a message may be sent. A client that says something now and then, be it the same
   * again, is waited for without end: somebody may be reading.
   *
   * @throws {StalledClientError} When the client says nothing.
   * @throws The signal's reason.
   */
  async room(signal: AbortSignal): Promise<void> {
    while (!this.#hasRoom) await this.#hear(signal);
  }

  /**
   * Resolves when the client has taken everything.
   *
   * @throws What {@linkcode SendWindow.room} rejects with.
   */
  async settled(signal: AbortSignal): Promise<void> {
    while (!this.isSettled) await this.#hear(signal);
  }

  async #hear(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason);
    const timer = setTimeout(
      () => reject(new StalledClientError(this.#maxSilenceMs)),
      this.#maxSilenceMs,
    );
    this.#hearing = resolve;
    signal.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  #take(taken: number): void {
    const { sentBytes } = this.#connection;
    if (!this.isGiven || taken < this.#taken || taken > sentBytes) {
      const rule = this.isGiven
        ? `from ${this.#taken}, said before, to ${sentBytes}, sent so far`
        : "said after a 'window'";
      const message = `Cannot read message: 'taken' must be ${rule}, current value is ${taken}`;
      throw new CriteriaError(message, "taken");
    }
    this.#taken = taken;
  }
}
