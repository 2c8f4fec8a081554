import type { FilePiece } from "./file_portion.ts";
import { type LineGroup, LineGrouper } from "./line_grouper.ts";
import type { MultilineRule } from "./multiline_rule.ts";
import type { Scheduler } from "./scheduler.ts";
import type { TailedFile } from "./tailed_file.ts";
import type { FileSpan } from "./tail_position.ts";

/** What came of the lines that were read of a file. */
export interface Assembled {
  /** What is complete, in order. */
  readonly lines: readonly (FilePiece | LineGroup)[];
  /** The bytes that they are. */
  readonly spans: readonly FileSpan[];
}

/** What is known of the file whose lines are given. */
export interface AssemblyState {
  /** Where its lines begin. */
  readonly from: number;
  /** Whether a limit ended the reading, so that the next lines can be read at once. */
  readonly more: boolean;
  /** What comes next is in another file. */
  readonly isFinished: boolean;
  /** No more lines are waited for. */
  readonly isLast: boolean;
}

/** A group that waits for lines. */
interface OpenGroup {
  /** Where it ends for now. */
  readonly end: number;
  /** Since when it has not grown. */
  readonly since: number;
  /** What it is for now; absent where the grouper keeps it. */
  readonly group?: LineGroup | undefined;
}

const NOTHING: Assembled = { lines: [], spans: [] };

/**
 * Joins the lines of a path's files that belong together.
 *
 * The lines of a group that is not complete are given back to their file, which reads them again when
 * it has grown. Only at the end of a file that another one replaces they are kept, as the group may
 * go on there.
 */
export class LineAssembler {
  readonly #grouper: LineGrouper | undefined;
  readonly #timeoutMs: number;
  readonly #scheduler: Scheduler;
  /** Where the lines come from that are kept from the files before. */
  #carried: FileSpan[] = [];
  #open: OpenGroup | undefined;

  constructor(rule: MultilineRule | undefined, timeoutMs: number, scheduler: Scheduler) {
    this.#grouper = rule === undefined ? undefined : new LineGrouper(rule);
    this.#timeoutMs = timeoutMs;
    this.#scheduler = scheduler;
  }

  /** Whether a group waits for lines. */
  get isWaiting(): boolean {
    return this.#open !== undefined || this.#carried.length > 0;
  }

  /** Whether lines are kept that their file does not have to read again. */
  get isCarrying(): boolean {
    return this.#carried.length > 0;
  }

  /** Whether it has waited long enough. */
  get isDue(): boolean {
    return this.#open !== undefined &&
      this.#scheduler.now() - this.#open.since >= this.#timeoutMs;
  }

  /** Takes the lines that were read of a file; those it does not take yet go back to it. */
  take(file: TailedFile, pieces: readonly FilePiece[], state: AssemblyState): Assembled {
    const { from } = state;
    const grouper = this.#grouper;
    if (grouper === undefined) {
      return pieces.length === 0
        ? NOTHING
        : { lines: pieces, spans: [{ from, to: file.position }] };
    }
    if (pieces.length === 0) return NOTHING;
    const lines = grouper.push(pieces, 0);
    const isFull = state.more && lines.length === 0 && this.#carried.length === 0;
    if (isFull || (state.isLast && !state.more) || this.#isDueAt(pieces)) {
      const last = grouper.flush();
      if (last) lines.push(last);
    }
    return lines.length > 0 ? this.#deliver(file, lines, from) : this.#wait(file, from, state);
  }

  /** What is kept, when nothing more comes to complete it. */
  flush(): Assembled {
    const last = this.#grouper?.flush();
    const spans = this.#carried;
    this.#carried = [];
    this.#open = undefined;
    return last === undefined ? NOTHING : { lines: [last], spans };
  }

  /** The group that was given back to a file which does not have it any more. */
  takeOpen(): LineGroup | undefined {
    const group = this.#open?.group;
    if (group !== undefined) this.#open = undefined;
    return group;
  }

  #isDueAt(pieces: readonly FilePiece[]): boolean {
    return this.isDue && this.#open?.end === pieces.at(-1)?.end;
  }

  #deliver(file: TailedFile, lines: LineGroup[], from: number): Assembled {
    const open = this.#grouper?.openFrom;
    if (open !== undefined) {
      file.rewind(open.offset);
      file.wake();
    }
    this.#grouper?.reset();
    const spans = this.#carried;
    const to = file.position;
    // What nothing was taken of is not begun: only a position behind something tells a file from others.
    if (to.offset > from) spans.push({ from, to });
    this.#carried = [];
    this.#open = undefined;
    return { lines, spans };
  }

  #wait(file: TailedFile, from: number, { isFinished }: AssemblyState): Assembled {
    const end = file.position.offset;
    const since = this.#open?.end === end ? this.#open.since : this.#scheduler.now();
    if (isFinished || this.#carried.length > 0) {
      this.#carried.push({ from, to: file.position });
      this.#open = { end, since };
    } else {
      this.#open = { end, since, group: this.#grouper?.flush() };
      file.rewind(from);
    }
    return NOTHING;
  }
}
