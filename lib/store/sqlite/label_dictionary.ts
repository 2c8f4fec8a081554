import { NEWLINE } from "../../event/ascii.ts";
import { concatBytes } from "../../base/bytes.ts";
import { parseHeader, type RawEvent } from "../../event/raw_event.ts";

/** More distinct values than this are not listed: reading the list would cost more than it saves. */
const MAX_LISTED = 256;

/** `ti`, with which a timestamp line starts and neither a source nor a tags line does. */
const TIMESTAMP_START = 0x7469;

const SOURCE_NAME = new TextEncoder().encode("source:");
const TAGS_NAME = new TextEncoder().encode("tags:");

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Source and tags of an event. */
export interface Labels {
  readonly source: string;
  readonly tags: readonly string[];
}

/**
 * The distinct labels of a block: most events repeat the source and tags lines of another one byte for
 * byte, so these lines are stored once, and criteria test them once.
 *
 * Labels are the part of a header from {@linkcode labelsStart} to {@linkcode labelsEnd}. Whatever the
 * header is like, source and tags are those that its labels alone have.
 */
export class LabelDictionary {
  readonly #entries: Uint8Array[] = [];
  readonly #numbers = new Map<number, number[]>();

  /** The number of the labels between two places of a buffer, from 0 on. */
  numberOf(buffer: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] ?? 0), 0x01000193);
    const alike = this.#numbers.get(hash);
    if (alike !== undefined) {
      for (const number of alike) {
        if (isEqual(this.#entries[number], buffer, start, end)) return number;
      }
    }
    const number = this.#entries.length;
    this.#entries.push(new Uint8Array(buffer.subarray(start, end)));
    if (alike === undefined) this.#numbers.set(hash, [number]);
    else alike.push(number);
    return number;
  }

  /** Count and sizes of the labels as 32-bit numbers, then the labels one after another. */
  encode(): Uint8Array {
    const sizes = new Uint32Array([
      this.#entries.length,
      ...this.#entries.map(({ length }) => length),
    ]);
    return concatBytes([new Uint8Array(sizes.buffer), ...this.#entries]);
  }

  /** Distinct sources and tags; `""` stands for an event without tags; undefined for too many to list. */
  summarize(): {
    readonly sources: readonly string[] | undefined;
    readonly tags: readonly string[] | undefined;
  } {
    const sources = new Set<string>();
    const tags = new Set<string>();
    for (const entry of this.#entries) {
      if (sources.size > MAX_LISTED && tags.size > MAX_LISTED) break;
      const labels = parseLabels(entry);
      sources.add(labels.source);
      for (const tag of labels.tags.length === 0 ? [""] : labels.tags) tags.add(tag);
    }
    return {
      sources: sources.size > MAX_LISTED ? undefined : [...sources],
      tags: tags.size > MAX_LISTED ? undefined : [...tags],
    };
  }
}

/** The labels that {@linkcode LabelDictionary.encode} encoded; empty when they do not fit together. */
export function decodeLabels(bytes: Uint8Array): readonly Uint8Array[] {
  // A copy, for the sizes must be aligned.
  const aligned = new Uint32Array(new Uint8Array(bytes.subarray(0, bytes.length & ~3)).buffer);
  const count = aligned[0] ?? 0;
  const entries: Uint8Array[] = [];
  let start = 4 * (count + 1);
  for (let i = 1; i <= count && i < aligned.length; i++) {
    const end = start + (aligned[i] ?? 0);
    entries.push(bytes.subarray(start, end));
    start = end;
  }
  return start === bytes.length ? entries : [];
}

/** Source and tags that labels have. */
export function parseLabels(bytes: Uint8Array): Labels {
  return parseHeader(decoder.decode(bytes));
}

/**
 * Where the labels start: after the id and timestamp lines, which differ from event to event; with the
 * header where it begins otherwise.
 */
export function labelsStart(
  { buffer, headerStart, contentStart, idStart, idEnd }: RawEvent,
): number {
  if (idStart !== headerStart + "id:".length) return headerStart;
  const second = buffer.indexOf(NEWLINE, idEnd) + 1;
  if (((buffer[second] ?? 0) << 8 | (buffer[second + 1] ?? 0)) !== TIMESTAMP_START) {
    return headerStart;
  }
  const third = buffer.indexOf(NEWLINE, second) + 1;
  return third > 0 && third <= contentStart ? third : headerStart;
}

/**
 * Where the labels end: after a source and a tags line if they start with these, for what follows may
 * differ from event to event; else with the header.
 */
export function labelsEnd({ buffer, contentStart }: RawEvent, start: number): number {
  if (!startsWith(buffer, start, SOURCE_NAME)) return contentStart;
  const second = buffer.indexOf(NEWLINE, start) + 1;
  if (second === 0 || !startsWith(buffer, second, TAGS_NAME)) return contentStart;
  const third = buffer.indexOf(NEWLINE, second) + 1;
  return third > 0 && third <= contentStart ? third : contentStart;
}

function startsWith(buffer: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (buffer[start + i] !== name[i]) return false;
  return true;
}

function isEqual(
  entry: Uint8Array | undefined,
  buffer: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (entry === undefined || entry.length !== end - start) return false;
  for (let i = 0; i < entry.length; i++) if (entry[i] !== buffer[start + i]) return false;
  return true;
}
