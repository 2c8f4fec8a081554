import { freeBytes } from "../../base/bytes.ts";

/** Bytes that several events share; freed when nobody needs any of the events. */
export class SharedBytes {
  readonly #bytes: Uint8Array;
  #events: number;

  /** @param events How many share the bytes. */
  constructor(bytes: Uint8Array, events: number) {
    this.#bytes = bytes;
    this.#events = events;
  }

  /** One of the events is not needed any more, and must not be used. */
  letGo(): void {
    if (--this.#events === 0) freeBytes(this.#bytes);
  }
}
