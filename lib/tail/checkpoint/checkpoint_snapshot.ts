import { concatInParts, freeBytes, lengthOf } from "../../base/bytes.ts";
import type { Scheduler } from "../scheduler.ts";
import type { CheckpointContents } from "./checkpoint_contents.ts";
import { encodeChange, encodeHeader } from "./checkpoint_record.ts";

/** Lines that are encoded before others get a turn: about a millisecond of work. */
const LINES_PER_TURN = 256;

/** All of a checkpoint as the lines that a copy begins with. */
export interface CheckpointSnapshot {
  /** The number of its last line. */
  readonly lastNumber: number;
  /** How many bytes {@linkcode text} has. */
  readonly length: number;
  /**
   * The bytes, in parts: of thousands of files they are megabytes, which are to be in memory once.
   *
   * @param size Bytes of the file that they are for.
   */
  text(size: number): readonly Uint8Array[];
  /** Gives the memory back; the bytes may not be used any more. */
  free(): void;
}

/** Digits of the size of a file: a header has the same length whatever it says. */
const LARGEST_SIZE = Number.MAX_SAFE_INTEGER;

/**
 * Writes down what the contents are now; they may change while it does.
 *
 * @param number That of the header.
 */
export async function takeSnapshot(
  contents: CheckpointContents,
  number: number,
  scheduler: Scheduler,
): Promise<CheckpointSnapshot> {
  const { nextId } = contents;
  const changes = [...contents.summary()];
  const body: Uint8Array[] = [];
  for (let at = 0; at < changes.length; at += LINES_PER_TURN) {
    const lines = changes.slice(at, at + LINES_PER_TURN);
    body.push(...concatInParts(lines.map((line, i) => encodeChange(number + 1 + at + i, 0, line))));
    if (at + LINES_PER_TURN < changes.length) await scheduler.sleep(0);
  }
  const header = { number, lines: changes.length, nextId };
  return {
    lastNumber: number + changes.length,
    length: encodeHeader({ ...header, bytes: LARGEST_SIZE }).length + lengthOf(body),
    text: (size) => [encodeHeader({ ...header, bytes: size }), ...body],
    free: () => body.forEach(freeBytes),
  };
}
