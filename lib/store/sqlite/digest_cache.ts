import type { CountedLabels } from "../event_counter.ts";
import type { Block } from "./block.ts";
import { BlockDigest } from "./block_digest.ts";

/** Bytes of all digests of a thread: those of ten million events of two dozen labels fit into one. */
const MAX_BYTES = 8 << 20;

/** Labels that digests may share, and their characters: beyond that they are met anew. */
const MAX_LABELS = 10_000;
const MAX_LABEL_CHARS = 1 << 20;

/**
 * The digests of blocks that were counted last, for a histogram is seldom asked for only once. Blocks do
 * not change but by losing events, so the number of these tells whether a digest still holds.
 */
export class DigestCache {
  readonly #digests = new Map<number, BlockDigest>();
  #bytes = 0;
  readonly #labels = new Map<string, CountedLabels>();
  #labelChars = 0;

  /**
   * The digest of a block, if it is known.
   *
   * @param events How many the block has now.
   */
  get(id: number, events: number): BlockDigest | undefined {
    const digest = this.#digests.get(id);
    if (digest === undefined || digest.events === events) return digest;
    this.#remove(id, digest);
    return undefined;
  }

  /**
   * Makes the digest of a block and keeps it; undefined where none is of use.
   *
   * @throws {EventReadError} When the block is damaged.
   */
  add(id: number, block: Block): BlockDigest | undefined {
    const before = this.#digests.get(id);
    if (before !== undefined) this.#remove(id, before);
    const digest = BlockDigest.of(block, block.labels().map((labels) => this.#share(labels)));
    if (digest === undefined) return undefined;
    this.#digests.set(id, digest);
    this.#bytes += digest.bytes;
    for (const [oldest, other] of this.#digests) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#remove(oldest, other);
    }
    return digest;
  }

  #remove(id: number, digest: BlockDigest): void {
    this.#digests.delete(id);
    this.#bytes -= digest.bytes;
  }

  /** Most blocks have the same labels as others. */
  #share(labels: CountedLabels): CountedLabels {
    const key = `${labels.source}\n${labels.tags.join(",")}`;
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    if (this.#labels.size >= MAX_LABELS || this.#labelChars >= MAX_LABEL_CHARS) {
      this.#labels.clear();
      this.#labelChars = 0;
    }
    this.#labels.set(key, labels);
    this.#labelChars += key.length;
    return labels;
  }
}
