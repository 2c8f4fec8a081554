import { lengthOf } from "../../base/bytes.ts";
import type { CheckpointDisk, CheckpointFile } from "./checkpoint_disk.ts";
import { PADDING } from "./checkpoint_scan.ts";

/** Bytes that are written at once where many are. */
const CHUNK_BYTES = 64 << 10;

const PADDING_CHUNK: Uint8Array = new Uint8Array(CHUNK_BYTES).fill(PADDING);

/**
 * What is known of a copy on disk, the worst first: that it is broken; that a write to it failed, so
 * that what was synced before is there and what comes behind is not known; or that it is whole.
 */
export type CopyHealth = "broken" | "unsure" | "whole";

const HEALTHS: readonly CopyHealth[] = ["broken", "unsure", "whole"];

/** Sorts the worst first. */
export function compareHealth(one: CheckpointCopy, other: CheckpointCopy): number {
  return HEALTHS.indexOf(one.health) - HEALTHS.indexOf(other.health);
}

/** One of the two files of a checkpoint. Only one call at a time. */
export class CheckpointCopy implements Disposable {
  /** Where it is. */
  readonly path: string;
  readonly #disk: CheckpointDisk;
  #file: CheckpointFile | undefined;
  #size: number;
  #end: number;
  #health: CopyHealth;

  /**
   * @param size Bytes of the file; 0 when there is none.
   * @param end Where its text ends.
   */
  constructor(disk: CheckpointDisk, path: string, size: number, end: number, health: CopyHealth) {
    this.#disk = disk;
    this.path = path;
    this.#size = size;
    this.#end = end;
    this.#health = health;
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size;
  }

  /** What is known of the file. */
  get health(): CopyHealth {
    return this.#health;
  }

  /** Bytes of padding, where changes can be appended. */
  get room(): number {
    return this.#size - this.#end;
  }

  /** Writes behind what is there. */
  async append(text: readonly Uint8Array[], isSynced: boolean): Promise<void> {
    let end = this.#end;
    try {
      const file = await this.#open();
      for (const part of text) {
        await file.write(end, part);
        end += part.length;
      }
      if (isSynced) await file.sync();
    } catch (error) {
      this.#health = "unsure";
      throw error;
    }
    this.#end = end;
  }

  /** Brings what was written to the disk. */
  async sync(): Promise<void> {
    await (await this.#open()).sync();
  }

  /** Makes the file longer, with padding; it stays as it is when there is no room for that. */
  async extend(size: number): Promise<void> {
    if (size <= this.#size || this.#size === 0) return;
    const file = await this.#open();
    try {
      for (let at = this.#size; at < size; at += CHUNK_BYTES) {
        await file.write(at, PADDING_CHUNK.subarray(0, size - at));
      }
      await file.sync();
    } catch (error) {
      await file.truncate(this.#size);
      throw error;
    }
    this.#size = size;
  }

  /** Writes the file anew, in the room that it has; while that is done, it is broken. */
  async rewrite(text: readonly Uint8Array[]): Promise<void> {
    const file = await this.#open();
    this.#health = "broken";
    let at = 0;
    for (const part of partsOf(text, this.#size)) {
      await file.write(at, part);
      at += part.length;
    }
    await file.sync();
    this.#end = lengthOf(text);
    this.#health = "whole";
  }

  /** Makes the file anew beside the present one, which it replaces when it is on disk. */
  async replace(text: readonly Uint8Array[], size: number): Promise<void> {
    this.#close();
    await this.#disk.create(this.path, partsOf(text, size));
    this.#size = size;
    this.#end = lengthOf(text);
    this.#health = "whole";
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  async #open(): Promise<CheckpointFile> {
    return this.#file ??= await this.#disk.open(this.path);
  }

  #close(): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }
}

/** Text and padding in parts of a bounded size. */
function* partsOf(text: readonly Uint8Array[], size: number): Generator<Uint8Array> {
  yield* text;
  for (let at = lengthOf(text); at < size; at += CHUNK_BYTES) {
    yield PADDING_CHUNK.subarray(0, size - at);
  }
}
