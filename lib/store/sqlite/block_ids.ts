import type { RawEvent } from "../../event/raw_event.ts";
import type { Block } from "./block.ts";
import type { IdHash } from "./id_hash.ts";

/** The ids of one block, ready to be looked for. */
export class BlockIds {
  readonly #block: Block;
  /** Rows by the hash of their id; several are rare. */
  readonly #rows = new Map<number, number | number[]>();

  /** @throws {EventReadError} When the block is damaged. */
  constructor(block: Block, hash: IdHash) {
    this.#block = block;
    for (let row = 0; row < block.count; row++) {
      const id = block.idBytes(row);
      const key = hash(id, 0, id.length);
      const rows = this.#rows.get(key);
      if (rows === undefined) this.#rows.set(key, row);
      else if (typeof rows === "number") this.#rows.set(key, [rows, row]);
      else rows.push(row);
    }
  }

  /** The rows with this id, which hashes to `hash`. */
  rowsOf(id: Uint8Array, hash: number): number[] {
    return this.#candidates(hash).filter((row) => isEqual(this.#block.idBytes(row), id));
  }

  /** Whether there is an event with the timestamp and the id of this one. */
  has({ buffer, idStart, idEnd, timestamp }: RawEvent, hash: number): boolean {
    const id = buffer.subarray(idStart, idEnd);
    return this.#candidates(hash).some((row) =>
      this.#block.timestamp(row) === timestamp && isEqual(this.#block.idBytes(row), id)
    );
  }

  /** The distinct hashes in rising order. */
  hashes(): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#rows.keys()).sort();
  }

  #candidates(hash: number): readonly number[] {
    const rows = this.#rows.get(hash);
    if (rows === undefined) return [];
    return typeof rows === "number" ? [rows] : rows;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
