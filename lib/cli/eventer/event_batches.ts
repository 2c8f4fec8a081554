import type { RegisterEvent } from "../../hat/event.ts";
import { unlessAborted } from "../stop_request.ts";
import { readRegisterLine } from "./register_line.ts";

/** Events that are registered together at most: a session of moderate size. */
const MAX_BATCH_EVENTS = 1_000;

/** A line may be as long as a message of the protocol. */
const MAX_LINE_CHARACTERS = 64 << 20;

/**
 * Reads events from lines of JSON. Lines that come together are one batch.
 *
 * @param chunks The bytes of the lines, in UTF-8.
 * @param stop Ends it, also while it waits for bytes.
 * @throws The reason of the stop.
 * @throws {Error} When a line is no event; the message names its number. Batches before it were given.
 */
export async function* readEventBatches(
  chunks: AsyncIterable<Uint8Array>,
  stop: AbortSignal,
): AsyncGenerator<readonly RegisterEvent[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = new LineReader();
  const iterator = chunks[Symbol.asyncIterator]();
  // Nothing may ever come.
  const next = () => unlessAborted(iterator.next(), stop);
  for (let read = await next(); !read.done; read = await next()) {
    const { value } = read;
    yield* reader.take(decode(() => decoder.decode(value, { stream: true }), reader.line));
  }
  yield* reader.take(`${decode(() => decoder.decode(), reader.line)}\n`);
}

/** Turns text into events, line by line. */
class LineReader {
  /** The number of the line that comes next, from 1. */
  line = 1;
  /** The line that has no end yet, in pieces: joined once. */
  #pieces: string[] = [];
  #length = 0;

  *take(text: string): Generator<readonly RegisterEvent[]> {
    const end = text.lastIndexOf("\n");
    const lines = end < 0 ? [] : this.#takeLines(text.slice(0, end));
    const rest = text.slice(end + 1);
    this.#pieces.push(rest);
    this.#length += rest.length;
    yield* this.#read(lines);
    if (this.#length > MAX_LINE_CHARACTERS) {
      throw lineError(this.line, `it has more than ${MAX_LINE_CHARACTERS} characters`);
    }
  }

  /** The lines that end with this text, the first of which has begun before. */
  #takeLines(text: string): readonly string[] {
    const begun = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return (begun + text).split("\n");
  }

  *#read(lines: readonly string[]): Generator<readonly RegisterEvent[]> {
    let batch: RegisterEvent[] = [];
    for (const line of lines) {
      let event: RegisterEvent | undefined;
      try {
        if (line.trim() !== "") event = readRegisterLine(line);
      } catch (cause) {
        if (batch.length > 0) yield batch;
        throw lineError(this.line, cause instanceof Error ? cause.message : String(cause), cause);
      }
      this.line++;
      if (event !== undefined) batch.push(event);
      if (batch.length < MAX_BATCH_EVENTS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}

function decode(run: () => string, line: number): string {
  try {
    return run();
  } catch (cause) {
    throw lineError(line, "from here on it is not UTF-8", cause);
  }
}

function lineError(line: number, reason: string, cause?: unknown): Error {
  return new Error(`Cannot read event on line ${line}: ${reason}`, { cause });
}
