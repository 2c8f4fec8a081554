import type { RawEvent } from "../../event/raw_event.ts";
import type { Block } from "./block.ts";
import type { IdHash } from "./id_hash.ts";

/** The ids of one block, ready for many to be looked for; owns the block. */
export class BlockIds implements Disposable {
  readonly #block: Block;
  /** Rows by the hash of their id; several are rare. */
  readonly #rows = new Map<number, number | number[]>();

  /** @throws {EventReadError} When the block is damaged. */
  constructor(block: Block, hash: IdHash) {
    this.#block = block;
    for (const [row, key] of block.idHashes(hash).entries()) {
      const rows = this.#rows.get(key);
      if (rows === undefined) this.#rows.set(key, row);
      else if (typeof rows === "number") this.#rows.set(key, [rows, row]);
      else rows.push(row);
    }
  }

  /** Whether there is an event with the timestamp and the id of this one. */
  has({ buffer, idStart, idEnd, timestamp }: RawEvent, hash: number): boolean {
    const id = buffer.subarray(idStart, idEnd);
    return this.#candidates(hash).some((row) =>
      this.#block.timestamp(row) === timestamp && this.#block.hasId(row, id)
    );
  }

  [Symbol.dispose](): void {
    this.#block[Symbol.dispose]();
  }

  #candidates(hash: number): readonly number[] {
    const rows = this.#rows.get(hash);
    if (rows === undefined) return [];
    return typeof rows === "number" ? [rows] : rows;
  }
}
