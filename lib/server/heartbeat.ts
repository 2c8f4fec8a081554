import type { Connection } from "./connection.ts";

/** Calls whenever nothing was sent on a connection for a while, until it is disposed. */
export class Heartbeat implements Disposable {
  readonly #connection: Connection;
  readonly #intervalMs: number;
  readonly #beat: () => void;
  #timer: ReturnType<typeof setTimeout>;

  /**
   * Starts.
   *
   * @param beat Sends something, or nothing while the connection takes nothing.
   */
  constructor(connection: Connection, intervalMs: number, beat: () => void) {
    this.#connection = connection;
    this.#intervalMs = intervalMs;
    this.#beat = beat;
    this.#timer = setTimeout(this.#look, intervalMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  readonly #look = (): void => {
    const left = this.#connection.lastSend + this.#intervalMs - performance.now();
    this.#timer = setTimeout(this.#look, left > 0 ? left : this.#intervalMs);
    if (left <= 0) this.#beat();
  };
}
