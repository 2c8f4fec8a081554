import type { FilePiece } from "./file_portion.ts";
import { MAX_CONTENT_BYTES } from "./line_decoder.ts";
import {
  type BeginningFinder,
  compileMultilineRule,
  type MultilineRule,
} from "./multiline_rule.ts";
import { utf8Length } from "./utf8_length.ts";

/**
 * Most lines of a group: the longest stack trace that programs write, 1,024 frames of a Java stack
 * that overflowed, fits with its causes; a wrong pattern does no harm beyond it.
 */
export const MAX_GROUP_LINES = 2000;

/** No UTF-16 unit has more bytes in UTF-8. */
const MAX_UNIT_BYTES = 3;

/** Lines that are one event. */
export interface LineGroup {
  /**
   * The lines, at least one. The group begins in the file of the first and may go on in the next
   * file, where a rotation lies in between.
   */
  readonly pieces: readonly FilePiece[];
  /** The lines, joined by line feeds. */
  readonly text: string;
  /** True when the group was ended by a limit: the line after it may belong to it. */
  readonly full: boolean;
  /** True when the first line may belong to the group before, which was full. */
  readonly continued: boolean;
}

/** Bounds of a {@linkcode LineGrouper}. */
export interface LineGrouperOptions {
  /** Most lines of a group, at least 1. @default {MAX_GROUP_LINES} */
  readonly maxLines?: number;
  /** Most bytes of a group's text in UTF-8; a single line may have more. @default {MAX_CONTENT_BYTES} */
  readonly maxBytes?: number;
  /** Milliseconds that matching may take. @default {MULTILINE_DEADLINE_MS} */
  readonly deadlineMs?: number;
}

/**
 * Joins lines that belong together, such as the frames of a stack trace to its message.
 *
 * A group is complete when the next one begins, or when it has reached a limit. What groups come out
 * depends on the lines alone, not on how many are pushed at once. A line that goes on with nothing —
 * the first of a file, or one after {@linkcode LineGrouper.flush} — opens a group.
 *
 * @example
 * ```ts
 * import { LineGrouper } from "./line_grouper.ts";
 * import { identify } from "./file_identity.ts";
 * import assert from "node:assert/strict";
 *
 * const identity = identify(Deno.statSync("."));
 * const grouper = new LineGrouper({ kind: "indent" });
 * assert.deepEqual(grouper.push([{ offset: 0, end: 10, text: "Error: no", identity }], 0), []);
 * assert.deepEqual(grouper.push([{ offset: 10, end: 20, text: "  at main", identity }], 0), []);
 * const [group] = grouper.push([{ offset: 20, end: 26, text: "ready", identity }], 0);
 * assert.equal(group?.text, "Error: no\n  at main");
 * assert.equal(grouper.flush()?.text, "ready");
 * ```
 */
export class LineGrouper {
  readonly #finder: BeginningFinder;
  readonly #maxLines: number;
  readonly #maxBytes: number;
  #pieces: FilePiece[] = [];
  /** At least the bytes of the open group's text; the very number when `#counted`. */
  #bytes = 0;
  #counted = false;
  #continued = false;
  #waitingSince = 0;
  #fullGroups = 0;

  /**
   * Makes a grouper for one file and those that replace it.
   *
   * @throws {MultilineError} When a pattern is refused; the message names `--multiline-start`.
   * @throws {RangeError} When a limit is under 1.
   */
  constructor(rule: MultilineRule, options: LineGrouperOptions = {}) {
    this.#maxLines = checkLimit("maxLines", options.maxLines ?? MAX_GROUP_LINES);
    this.#maxBytes = checkLimit("maxBytes", options.maxBytes ?? MAX_CONTENT_BYTES);
    this.#finder = compileMultilineRule(rule, options.deadlineMs);
  }

  /** Whether a group waits for what comes next. */
  get isOpen(): boolean {
    return this.#pieces.length > 0;
  }

  /** The first line of the open group: reading may go on there as if nothing of it had been pushed. */
  get openFrom(): FilePiece | undefined {
    return this.#pieces[0];
  }

  /** When the last line of the open group was pushed; `undefined` when none is open. */
  get waitingSince(): number | undefined {
    return this.isOpen ? this.#waitingSince : undefined;
  }

  /** How many groups were ended by a limit. */
  get fullGroups(): number {
    return this.#fullGroups;
  }

  /**
   * Takes the next lines; faster for many at once.
   *
   * @param now The time, as {@linkcode LineGrouper.waitingSince} is to tell it.
   * @returns The groups that these lines complete.
   * @throws {MultilineError} When a pattern ran out of time; then none of the lines was taken.
   */
  push(pieces: readonly FilePiece[], now: number): LineGroup[] {
    const begins = this.#finder.find(pieces.map((piece) => piece.text));
    const groups: LineGroup[] = [];
    for (const [i, piece] of pieces.entries()) {
      const group = this.#take(piece, begins[i] ?? true);
      if (group) groups.push(group);
    }
    if (pieces.length > 0) this.#waitingSince = now;
    return groups;
  }

  /** Completes the open group: its time is over, or its file has come to an end for good. */
  flush(): LineGroup | undefined {
    return this.isOpen ? this.#complete(false) : undefined;
  }

  /** Forgets the open group. */
  reset(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#counted = false;
    this.#continued = false;
  }

  #take(piece: FilePiece, begins: boolean): LineGroup | undefined {
    const full = this.isOpen && !begins && !this.#hasRoom(piece);
    const group = this.isOpen && (begins || full) ? this.#complete(full) : undefined;
    if (this.isOpen) this.#bytes += 1;
    this.#bytes += this.#counted ? utf8Length(piece.text) : piece.text.length * MAX_UNIT_BYTES;
    this.#pieces.push(piece);
    return group;
  }

  /** Bytes are counted only when there might be too many. */
  #hasRoom({ text }: FilePiece): boolean {
    if (this.#pieces.length >= this.#maxLines) return false;
    if (this.#bytes + 1 + text.length * MAX_UNIT_BYTES <= this.#maxBytes) return true;
    if (!this.#counted) {
      this.#counted = true;
      this.#bytes = this.#pieces.length - 1;
      for (const piece of this.#pieces) this.#bytes += utf8Length(piece.text);
    }
    return this.#bytes + 1 + utf8Length(text) <= this.#maxBytes;
  }

  #complete(full: boolean): LineGroup {
    const pieces = this.#pieces;
    const text = pieces.length === 1
      ? pieces[0]?.text ?? ""
      : pieces.map((piece) => piece.text).join("\n");
    const group = { pieces, text, full, continued: this.#continued };
    this.reset();
    this.#continued = full;
    if (full) this.#fullGroups++;
    return group;
  }
}

function checkLimit(name: string, value: number): number {
  if (value >= 1) return value;
  throw new RangeError(
    `Cannot group lines as '${name}' must be at least 1: current value is ${value}`,
  );
}
