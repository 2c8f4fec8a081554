import type { RawEvent } from "../../event/raw_event.ts";
import { findHeaderValue } from "../../event/raw_event.ts";

/** More distinct values than this are not listed: reading the list would cost more than it saves. */
const MAX_LISTED = 256;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Distinct values of one header, told apart as bytes, so that each is decoded once. */
class DistinctHeader {
  readonly #name: string;
  readonly #byHash = new Map<number, Uint8Array[]>();
  #size = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(event: RawEvent): void {
    if (this.#size > MAX_LISTED) return;
    const { buffer } = event;
    const { start, end } = findHeaderValue(
      buffer,
      event.headerStart,
      event.contentStart,
      this.#name,
    );
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] ?? 0), 0x01000193);
    const values = this.#byHash.get(hash);
    if (values?.some((value) => isEqual(value, buffer, start, end))) return;
    this.#size++;
    const value = buffer.slice(start, end);
    if (values === undefined) this.#byHash.set(hash, [value]);
    else values.push(value);
  }

  /** The values, undefined when there are too many. */
  values(): string[] | undefined {
    if (this.#size > MAX_LISTED) return undefined;
    return [...this.#byHash.values()].flat().map((value) => decoder.decode(value));
  }
}

function isEqual(value: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  if (value.length !== end - start) return false;
  for (let i = 0; i < value.length; i++) {
    if (value[i] !== buffer[start + i]) return false;
  }
  return true;
}

/** The distinct sources and tags of a block. */
export class LabelSet {
  readonly #sources = new DistinctHeader("source");
  readonly #tagLists = new DistinctHeader("tags");

  add(event: RawEvent): void {
    this.#sources.add(event);
    this.#tagLists.add(event);
  }

  /** Undefined when there are too many to list. */
  get sources(): readonly string[] | undefined {
    return this.#sources.values();
  }

  /** `""` stands for an event without tags; undefined when there are too many to list. */
  get tags(): readonly string[] | undefined {
    const tags = new Set(this.#tagLists.values()?.flatMap((list) => list.split(",")));
    if (this.#tagLists.values() === undefined || tags.size > MAX_LISTED) return undefined;
    return [...tags];
  }
}
