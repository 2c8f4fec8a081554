import { realLogs } from "../../tests/shared_data.ts";
import { Random } from "../../tests/random.ts";

/** Written in one go. */
const CHUNK_BYTES = 4 << 20;

/** What is put in a file for a bench. */
export interface LogFile {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  /** Where the last line begins. */
  readonly lastOffset: number;
}

/**
 * Writes a log of that size made from the real ones: their lines in turn, and when they begin again
 * other digits in the place of theirs, so that no text comes back a thousand times.
 */
export function writeLogFile(path: string, minBytes: number): LogFile {
  using file = Deno.openSync(path, { create: true, write: true, truncate: true });
  const encoder = new TextEncoder();
  const written = { bytes: 0, lines: 0, lastOffset: 0 };
  let chunk = "";
  const flush = () => {
    const bytes = encoder.encode(chunk);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    const last = bytes.lastIndexOf(0x0a, -2) + 1;
    written.lastOffset = written.bytes + last;
    written.bytes += bytes.length;
    chunk = "";
  };
  for (const line of endlessLines()) {
    chunk += `${line}\n`;
    written.lines++;
    if (chunk.length < CHUNK_BYTES && written.bytes + chunk.length < minBytes) continue;
    flush();
    if (written.bytes >= minBytes) break;
  }
  return { path, ...written };
}

/** Lines of real logs without end. */
export function* endlessLines(): Generator<string, never, undefined> {
  const random = new Random(1);
  const lines = realLogs().flatMap(({ path }) =>
    Deno.readTextFileSync(path).split(/\r?\n/).filter((line) => line !== "")
  );
  const otherDigits = (digits: string) =>
    `${random.below(1e9)}${random.below(1e9)}`.padEnd(digits.length, "7").slice(0, digits.length);
  yield* lines;
  for (;;) {
    for (const line of lines) yield line.replace(/\d{3,}/g, otherDigits);
  }
}
