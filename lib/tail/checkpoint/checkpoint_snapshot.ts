import { concatBytes } from "../../base/bytes.ts";
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
   * The bytes.
   *
   * @param size Bytes of the file that they are for.
   */
  text(size: number): Uint8Array;
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
  const parts: Uint8Array[] = [];
  for (const [at, change] of changes.entries()) {
    parts.push(encodeChange(number + 1 + at, 0, change));
    if (at % LINES_PER_TURN === LINES_PER_TURN - 1) await scheduler.sleep(0);
  }
  const header = { number, lines: changes.length, nextId };
  const body = concatBytes(parts);
  return {
    lastNumber: number + changes.length,
    length: encodeHeader({ ...header, bytes: LARGEST_SIZE }).length + body.length,
    text: (size) => concatBytes([encodeHeader({ ...header, bytes: size }), body]),
  };
}
