import { makeRow, ROW_BYTES } from "./event_row.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/**
 * An event as it is stored.
 *
 * @typedef {object} WholeEvent
 * @property {string} id
 * @property {number} timestamp Seconds since 1970.
 * @property {string} source
 * @property {string} tags Separated by commas.
 * @property {readonly (readonly [name: string, value: string])[]} headers All, as they stand there.
 * @property {string} content
 * @property {number} bytes Length of the content in bytes.
 * @property {string} raw The event in the text format.
 */

const NEWLINE = 10;
const BLANK = 32;

/** `event: <total> <header> <content>` with numbers of events of any size. */
const MAX_PREAMBLE_BYTES = 100;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads events in Theia's text format from chunks that may be cut anywhere.
 */
export class FrameReader {
  #rest = new Uint8Array(0);

  /**
   * The rows of the events that are complete with this chunk.
   *
   * @param {Uint8Array} chunk
   * @returns {EventRow[]}
   * @throws {Error} When it is not in the text format.
   */
  push(chunk) {
    const bytes = joined(this.#rest, chunk);
    /** @type {EventRow[]} */
    const rows = [];
    let at = 0;
    for (let frame = frameAt(bytes, at); frame !== undefined; frame = frameAt(bytes, at)) {
      rows.push(readRow(bytes, frame));
      at = frame.end;
    }
    this.#rest = bytes.slice(at);
    return rows;
  }

  /** Whether the last event is complete. */
  get isComplete() {
    return this.#rest.every(isSpace);
  }
}

/**
 * The events of bytes in the text format, with everything.
 *
 * @param {Uint8Array} bytes
 * @returns {Generator<WholeEvent, void>}
 */
export function* readWholeEvents(bytes) {
  for (let frame = frameAt(bytes, 0); frame !== undefined; frame = frameAt(bytes, frame.end)) {
    const header = decoder.decode(bytes.subarray(frame.header, frame.content));
    const { id, timestamp, source, tags } = readHeader(header);
    yield {
      id,
      timestamp,
      source,
      tags,
      headers: header.split("\n").filter((line) => line !== "").map(nameAndValue),
      content: decoder.decode(bytes.subarray(frame.content, frame.end - 1)),
      bytes: frame.end - 1 - frame.content,
      raw: decoder.decode(bytes.subarray(frame.start, frame.end)),
    };
  }
}

/** @param {string} line @returns {[string, string]} */
function nameAndValue(line) {
  const colon = line.indexOf(":");
  return colon === -1 ? ["", line] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** @typedef {{start: number, header: number, content: number, end: number}} Frame */

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @returns {Frame | undefined} Undefined when it is not complete.
 */
function frameAt(bytes, from) {
  let start = from;
  while (start < bytes.length && isSpace(bytes[start] ?? 0)) start++;
  const lineEnd = bytes.indexOf(NEWLINE, start);
  if (lineEnd === -1) {
    if (bytes.length - start > MAX_PREAMBLE_BYTES) throw new Error("The answer is no event");
    return undefined;
  }
  const line = decoder.decode(bytes.subarray(start, Math.min(lineEnd, start + MAX_PREAMBLE_BYTES)));
  const sizes = /^event:\s*\d+ (\d+) (\d+)\s*$/.exec(line);
  if (sizes === null) throw new Error(`The answer is no event: ${line}`);
  const header = lineEnd + 1;
  const content = header + Number(sizes[1]);
  const end = content + Number(sizes[2]) + 1;
  return end > bytes.length ? undefined : { start, header, content, end };
}

/** @param {Uint8Array} bytes @param {Frame} frame @returns {EventRow} */
function readRow(bytes, { header, content, end }) {
  const size = end - 1 - content;
  const head = readHeader(decoder.decode(bytes.subarray(header, content)));
  return makeRow(head, decoder.decode(bytes.subarray(content, cutEnd(bytes, content, size))), size);
}

/** Where a content is cut: not within a character. @param {Uint8Array} bytes @param {number} start @param {number} size */
function cutEnd(bytes, start, size) {
  if (size <= ROW_BYTES) return start + size;
  let end = start + ROW_BYTES;
  while (end > start && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

/**
 * Reads a header as the collector does: where a name stands twice, the first one counts, and an empty id
 * is none.
 *
 * @param {string} text
 * @returns {{id: string, timestamp: number, source: string, tags: string}}
 */
function readHeader(text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1);
    const label = name.trim();
    if (name === "id") values[name] ||= withoutBlanks(value);
    else if (name === "timestamp") values[name] ??= value.trim();
    else if (label === "source" || label === "tags") values[label] ??= value.trim();
  }
  return {
    id: values["id"] ?? "",
    timestamp: Number(values["timestamp"] ?? 0),
    source: values["source"] ?? "",
    tags: values["tags"] ?? "",
  };
}

/** Blanks of other kinds are part of an id. @param {string} text @returns {string} */
function withoutBlanks(text) {
  let start = 0;
  let end = text.length;
  while (start < end && " \t\r".includes(text[start] ?? "")) start++;
  while (end > start && " \t\r".includes(text[end - 1] ?? "")) end--;
  return text.slice(start, end);
}

/** @param {Uint8Array<ArrayBuffer>} rest @param {Uint8Array} chunk @returns {Uint8Array} */
function joined(rest, chunk) {
  if (rest.length === 0) return chunk;
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  return bytes;
}

/** @param {number} byte @returns {boolean} */
function isSpace(byte) {
  return byte === NEWLINE || byte === BLANK || byte === 13;
}
