import type { RepeatNode } from "./syntax.ts";

/** What is repeated, already written. */
export interface RepeatBody {
  /** An expression that takes a quantifier as it stands. */
  readonly source: string;
  /** The largest product of nested repetition counts inside. */
  readonly replication: number;
  /** Whether it may be written more than once: it captures nothing. */
  readonly copyable: boolean;
}

/** A repetition, written. */
export interface RepeatSource {
  readonly source: string;
  readonly replication: number;
  /** Whether the counts leave it to V8's linear engine. */
  readonly linear: boolean;
  /** How many states it has beyond those of one body, in bodies. */
  readonly copies: number;
  /** How many smaller repetitions it was split into. */
  readonly pieces: number;
}

/** V8's linear engine takes nested repetition counts up to this product. */
const MAX_REPLICATION = 16;

/** Counts up to this one are written out, so that the linear engine takes them. */
const MAX_WRITTEN_OUT = 128;

/** How long a repetition may become by that, in UTF-16 units. */
const MAX_WRITTEN_LENGTH = 4096;

/** Writes a repetition, as several smaller ones where the linear engine would not take one. */
export function repeatSource(body: RepeatBody, node: RepeatNode): RepeatSource {
  const { min, max } = node;
  const replication = body.replication * (max === Infinity ? min + 1 : max);
  const copies = Math.min(max === Infinity ? min : max - 1, MAX_WRITTEN_OUT);
  const plain = body.source + quantifier(min, max, node.lazy);
  if (replication <= MAX_REPLICATION) {
    return {
      source: plain,
      replication: Math.max(replication, 1),
      linear: true,
      copies,
      pieces: 0,
    };
  }
  const chunk = Math.floor(MAX_REPLICATION / body.replication);
  const count = max === Infinity ? min : max;
  const pieces = 2 * Math.ceil(count / Math.max(chunk, 1));
  const length = body.source.length * pieces;
  const worthwhile = chunk > 0 && count <= MAX_WRITTEN_OUT && length <= MAX_WRITTEN_LENGTH;
  if (!body.copyable || !worthwhile) {
    return { source: plain, replication, linear: false, copies, pieces: 0 };
  }
  const source = exactly(body.source, min, chunk) + extra(body.source, max - min, chunk, node.lazy);
  return {
    source: `(?:${source})`,
    replication: body.replication * chunk,
    linear: true,
    copies,
    pieces,
  };
}

function exactly(body: string, count: number, chunk: number): string {
  const rest = count % chunk;
  const full = (body + quantifier(chunk, chunk, false)).repeat(Math.floor(count / chunk));
  return rest === 0 ? full : full + body + quantifier(rest, rest, false);
}

/** Up to `count` more, as nested alternatives of which only one fits each number of rounds. */
function extra(body: string, count: number, chunk: number, lazy: boolean): string {
  if (count === 0) return "";
  if (count === Infinity || count <= chunk) return body + quantifier(0, count, lazy);
  const fewer = body + quantifier(0, chunk - 1, lazy);
  const more = body + quantifier(chunk, chunk, false) + extra(body, count - chunk, chunk, lazy);
  return lazy ? `(?:${fewer}|${more})` : `(?:${more}|${fewer})`;
}

function quantifier(min: number, max: number, lazy: boolean): string {
  const mark = lazy ? "?" : "";
  if (min === 1 && max === 1) return "";
  if (min === 0 && max === 1) return `?${mark}`;
  if (max === Infinity && min < 2) return (min === 0 ? "*" : "+") + mark;
  if (min === max) return `{${min}}${mark}`;
  return `{${min},${max === Infinity ? "" : max}}${mark}`;
}
