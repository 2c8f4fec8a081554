import { HEARTBEAT_MS, type TakenMessage, type WindowMessage } from "../wire/flow.ts";
import type { Connection } from "./connection.ts";

/** Part of the window after which the collector is told: seldom, and long before it must wait. */
const TOLD_PART = 1 / 4;

/**
 * Keeps a collector from sending more than so far ahead of a loop: the runtime's WebSocket reads on
 * however slowly its messages are taken.
 */
export class ReceiveWindow implements Disposable {
  readonly #connection: Connection;
  readonly #bytes: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #taken = 0;
  #told = 0;

  /** Tells the collector; must come before what is asked for. */
  constructor(connection: Connection, bytes: number) {
    this.#connection = connection;
    this.#bytes = bytes;
    const message: WindowMessage = { window: bytes };
    connection.send(JSON.stringify(message));
    this.#timer = setInterval(() => this.#tell(), HEARTBEAT_MS);
  }

  /** A message is done with. */
  take(message: string | Uint8Array): void {
    if (typeof message === "string") return;
    this.#taken += message.length;
    if (this.#taken - this.#told >= this.#bytes * TOLD_PART) this.#tell();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Also when nothing is new: it says that somebody is there. */
  #tell(): void {
    this.#told = this.#taken;
    const message: TakenMessage = { taken: this.#taken };
    this.#connection.send(JSON.stringify(message));
  }
}

/**
 * The window of options, checked.
 *
 * @throws {RangeError} When it is wrong.
 */
export function checkWindowBytes(bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new RangeError(
    `Cannot query collector as 'windowBytes' must be a positive integer: current value is ${bytes}`,
  );
}
