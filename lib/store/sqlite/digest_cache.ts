import { Buffer } from "node:buffer";
import type { CountedLabels } from "../event_counter.ts";
import type { Block } from "./block.ts";
import { BlockDigest } from "./block_digest.ts";
import { readBlockLabels } from "./block_table.ts";
import type { Database } from "./database.ts";
import { readDigest } from "./digest_table.ts";
import { parseLabels } from "./label_dictionary.ts";

/** Bytes of all digests of a thread, about: those of ten million events of two dozen labels. */
const MAX_BYTES = 8 << 20;

/** Labels that digests may share, and their characters: beyond that they are met anew. */
const MAX_LABELS = 10_000;
const MAX_LABEL_CHARS = 1 << 20;

/** A digest and, when they were asked for, the labels of its block. */
export interface KnownDigest {
  readonly digest: BlockDigest;
  /** How many events the block has. */
  readonly events: number;
  labels: readonly CountedLabels[] | undefined;
}

/**
 * The digests of blocks that were counted last. Blocks do not change but by losing events, so the number
 * of these tells whether a digest still holds.
 */
export class DigestCache {
  readonly #database: Database;
  readonly #digests = new Map<number, KnownDigest>();
  #bytes = 0;
  readonly #labels = new Map<string, CountedLabels>();
  #labelChars = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The digest of a block, if it has been made; must run in a snapshot.
   *
   * @param events How many the block has now.
   */
  get(id: number, events: number): KnownDigest | undefined {
    const known = this.#digests.get(id);
    if (known?.events === events) return known;
    const bytes = readDigest(this.#database, id, events);
    return this.#put(id, events, bytes && BlockDigest.decode(bytes));
  }

  /** Makes the digest of a block that has none; undefined where it would save little. */
  make(id: number, block: Block): KnownDigest | undefined {
    return this.#put(id, block.count, BlockDigest.of(block));
  }

  /**
   * The labels of the block of a digest by their numbers; must run in the same snapshot.
   *
   * @throws {EventReadError} When they are damaged.
   */
  labelsOf(id: number, known: KnownDigest): readonly CountedLabels[] {
    if (known.labels !== undefined) return known.labels;
    const read = readBlockLabels(this.#database, id) ?? [];
    known.labels = read.map((bytes) => this.#share(bytes));
    if (this.#digests.get(id) === known) this.#grow(bytesOfLabels(known));
    return known.labels;
  }

  #put(id: number, events: number, digest: BlockDigest | undefined): KnownDigest | undefined {
    this.#remove(id);
    if (digest === undefined) return undefined;
    const known: KnownDigest = { digest, events, labels: undefined };
    this.#digests.set(id, known);
    this.#grow(digest.bytes);
    return known;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const oldest of this.#digests.keys()) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#remove(oldest);
    }
  }

  #remove(id: number): void {
    const known = this.#digests.get(id);
    if (known === undefined) return;
    this.#digests.delete(id);
    this.#bytes -= known.digest.bytes + bytesOfLabels(known);
  }

  /** Most blocks have the same labels as others, of which each is parsed once. */
  #share(bytes: Uint8Array): CountedLabels {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    if (this.#labels.size >= MAX_LABELS || this.#labelChars >= MAX_LABEL_CHARS) {
      this.#labels.clear();
      this.#labelChars = 0;
    }
    const labels = parseLabels(bytes);
    this.#labels.set(key, labels);
    this.#labelChars += key.length;
    return labels;
  }
}

/** As if they were not shared. */
function bytesOfLabels({ labels = [] }: KnownDigest): number {
  return labels.reduce(
    (sum, { source, tags }) => sum + 8 + source.length + tags.join().length,
    0,
  );
}
