import { NEWLINE } from "../../event/ascii.ts";
import type { RawEvent } from "../../event/raw_event.ts";

/** More distinct values than this are not listed: reading the list would cost more than it saves. */
const MAX_LISTED = 256;

/** `ti`, with which a timestamp line starts and neither a source nor a tags line does. */
const TIMESTAMP_START = 0x7469;

/**
 * The distinct sources and tags of a block.
 *
 * Most events repeat the source and tags lines of another one byte for byte: those are recognised as
 * bytes, so that each distinct pair of lines is decoded once.
 */
export class LabelSet {
  readonly #sources = new Set<string>();
  readonly #tags = new Set<string>();
  readonly #seen = new Map<number, Uint8Array[]>();

  add(event: RawEvent): void {
    const { buffer, contentStart } = event;
    const start = labelsStart(event);
    let hash = 0x811c9dc5;
    for (let i = start; i < contentStart; i++) {
      hash = Math.imul(hash ^ (buffer[i] ?? 0), 0x01000193);
    }
    const alike = this.#seen.get(hash);
    if (alike?.some((lines) => isEqual(lines, buffer, start, contentStart))) return;
    if (this.#seen.size <= 2 * MAX_LISTED) {
      const lines = buffer.slice(start, contentStart);
      if (alike === undefined) this.#seen.set(hash, [lines]);
      else alike.push(lines);
    }
    if (this.#sources.size <= MAX_LISTED) this.#sources.add(event.source);
    if (this.#tags.size > MAX_LISTED) return;
    if (event.tags.length === 0) this.#tags.add("");
    for (const tag of event.tags) this.#tags.add(tag);
  }

  /** Undefined when there are too many to list. */
  get sources(): readonly string[] | undefined {
    return this.#sources.size > MAX_LISTED ? undefined : [...this.#sources];
  }

  /** `""` stands for an event without tags; undefined when there are too many to list. */
  get tags(): readonly string[] | undefined {
    return this.#tags.size > MAX_LISTED ? undefined : [...this.#tags];
  }
}

/** Where the header goes on after the id and timestamp lines, which differ from event to event; at its start where it begins otherwise. */
function labelsStart({ buffer, headerStart, contentStart, idStart, idEnd }: RawEvent): number {
  if (idStart !== headerStart + "id:".length) return headerStart;
  const second = buffer.indexOf(NEWLINE, idEnd) + 1;
  if (((buffer[second] ?? 0) << 8 | (buffer[second + 1] ?? 0)) !== TIMESTAMP_START) {
    return headerStart;
  }
  const third = buffer.indexOf(NEWLINE, second) + 1;
  return third > 0 && third <= contentStart ? third : headerStart;
}

function isEqual(lines: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  if (lines.length !== end - start) return false;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] !== buffer[start + i]) return false;
  }
  return true;
}
