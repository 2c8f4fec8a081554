import { ByteGatherer } from "../../base/byte_gatherer.ts";
import { readTime } from "../../base/time_text.ts";
import { NEWLINE } from "../../event/ascii.ts";
import { eventFromJson } from "../../event/event_json.ts";
import { toRawEvent } from "../../event/text_format.ts";
import type { BodyItem, BodyReader, BodyReaderOptions } from "./body_reader.ts";

/** Bytes of JSON that a byte of an event can need, when it is a control character. */
const ESCAPE_BYTES = 6;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads JSON, one event a line; `id` and `timestamp` may be left out, and a timestamp be a text. */
export class JsonBodyReader implements BodyReader {
  readonly #options: BodyReaderOptions;
  readonly #maxLineBytes: number;
  readonly #line = new ByteGatherer();
  #lineBytes = 0;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxEventBytes * ESCAPE_BYTES;
  }

  push(bytes: Uint8Array): readonly BodyItem[] {
    const items: BodyItem[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#endLine(bytes.subarray(start, end), items);
      start = end + 1;
    }
    this.#add(bytes.subarray(start));
    return items;
  }

  finish(): readonly BodyItem[] {
    const items: BodyItem[] = [];
    this.#endLine(new Uint8Array(0), items);
    return items;
  }

  #add(bytes: Uint8Array): void {
    this.#lineBytes += bytes.length;
    if (this.#lineBytes > this.#maxLineBytes) this.#line.take();
    else this.#line.add(bytes);
  }

  #endLine(bytes: Uint8Array, items: BodyItem[]): void {
    // Most lines lie in one piece and are not copied.
    const isWhole = this.#lineBytes === 0;
    if (!isWhole) this.#add(bytes);
    const lineBytes = isWhole ? bytes.length : this.#lineBytes;
    const line = isWhole ? bytes : this.#line.take();
    this.#lineBytes = 0;
    if (lineBytes > this.#maxLineBytes) {
      items.push({
        reason: `Cannot read event as its line must have at most ${this.#maxLineBytes} bytes: ` +
          `it has ${lineBytes}`,
      });
      return;
    }
    const item = this.#read(line);
    if (item !== undefined) items.push(item);
  }

  /** Undefined for a blank line. */
  #read(line: Uint8Array): BodyItem | undefined {
    if (line.length === 0) return undefined;
    try {
      const text = decoder.decode(line);
      if (text.trim() === "") return undefined;
      const event = toRawEvent(eventFromJson(text, {
        id: () => crypto.randomUUID(),
        timestamp: this.#options.now,
        readTime: (text) => readTime(text, this.#options.now()),
      }));
      const size = event.contentEnd - event.headerStart;
      const { maxEventBytes } = this.#options;
      if (size <= maxEventBytes) return event;
      return { reason: `event of ${size} bytes exceeds the limit of ${maxEventBytes}` };
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
