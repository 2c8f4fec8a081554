import type { ChangeLine, CheckpointLine, HeaderLine } from "./checkpoint_record.ts";
import type { ScannedCopy } from "./checkpoint_scan.ts";

/** Whether a copy has all that the two together have, and if not, why. */
export type CopyCondition =
  /** It has all. */
  | "whole"
  /** A crash came before it was written to the end; no damage. */
  | "behind"
  /** A crash came while it was written anew; no damage. */
  | "interrupted"
  /** Something happened to it that no crash explains. */
  | "damaged"
  | "missing";

/** What two copies say together. */
export interface MergedCopies {
  /** Whether something that was recorded is, or may be, missing. */
  readonly isLost: boolean;
  /** In order; the later ones override the earlier ones. */
  readonly changes: readonly ChangeLine[];
  /** The greatest number that any line has. */
  readonly lastNumber: number;
  /** The least id that no batch had, as far as a header says. */
  readonly nextId: number;
  readonly conditions: readonly CopyCondition[];
}

/** A snapshot with what follows it without a gap. */
interface Run {
  readonly header: HeaderLine;
  readonly last: number;
}

/**
 * Takes the best of two copies.
 *
 * Lines are numbered without gaps from the header on. A line is missing for certain when a later one
 * says that it was on disk in both copies, and may be missing when neither copy shows that it ends where
 * the last line does.
 */
export function mergeCopies(copies: readonly (ScannedCopy | undefined)[]): MergedCopies {
  const lines = collectLines(copies);
  const numbers = [...lines.keys()].sort((a, b) => a - b);
  const lastNumber = numbers.at(-1) ?? 0;
  const run = findRun(lines);
  const isLost = run === undefined || !copies.some((copy) => copy && endsAt(copy, run));
  const changes = numbers
    .filter((number) => isLost || (number > run.header.number && number <= run.last))
    .map((number) => lines.get(number))
    .filter((line) => line?.kind === "change");
  return {
    isLost,
    changes,
    lastNumber,
    nextId: run?.header.nextId ?? 1,
    conditions: copies.map((copy) => {
      if (copy !== undefined) return conditionOf(copy, run);
      return mayBeUnfinished(run) ? "interrupted" : "missing";
    }),
  };
}

function linesOf(copy: ScannedCopy): CheckpointLine[] {
  return copy.pieces.map((piece) => piece.line).filter((line) => line !== undefined);
}

function collectLines(
  copies: readonly (ScannedCopy | undefined)[],
): ReadonlyMap<number, CheckpointLine> {
  const lines = new Map<number, CheckpointLine>();
  for (const copy of copies) {
    for (const line of copy ? linesOf(copy) : []) lines.set(line.number, line);
  }
  return lines;
}

/** The newest snapshot that is whole, together with all that was ever on disk in both copies. */
function findRun(lines: ReadonlyMap<number, CheckpointLine>): Run | undefined {
  const headers = [...lines.values()].filter((line) => line.kind === "header");
  let durable = 0;
  for (const line of lines.values()) {
    if (line.kind === "change") durable = Math.max(durable, line.durable);
  }
  for (const header of headers.sort((a, b) => b.number - a.number)) {
    const last = endOfRun(header.number, lines);
    if (last >= Math.max(durable, header.number + header.lines)) return { header, last };
  }
  return undefined;
}

function endOfRun(first: number, lines: ReadonlyMap<number, CheckpointLine>): number {
  let last = first;
  while (lines.get(last + 1)?.kind === "change") last++;
  return last;
}

/** Whether a copy shows that nothing came behind the run but what a crash stopped. */
function endsAt(copy: ScannedCopy, { header, last }: Run): boolean {
  const own = greatestUpTo(last, linesOf(copy));
  const known = copy.pieces.findIndex(({ line }) => line?.number === own);
  if (known < 0) return false;
  const rest = copy.pieces.slice(known + 1);
  // Where something was cut off, only padding directly behind the last line shows that it is the last.
  if (copy.size < capacityOf(copy, header)) return rest.length === 0 && copy.hasPadding;
  if (rest.length === 0) return true;
  // What looks like a crash is believed only of a copy that has no other damage.
  return copy.pieces.slice(0, known).every(({ line }) => line !== undefined) &&
    rest.every(({ line, isTorn }) => isTorn || (line !== undefined && line.number > last));
}

function greatestUpTo(limit: number, lines: readonly CheckpointLine[]): number {
  let greatest = 0;
  for (const { number } of lines) if (number <= limit) greatest = Math.max(greatest, number);
  return greatest;
}

/** How long the file was made: each has it in its own header, and they may differ. */
function capacityOf(copy: ScannedCopy, header: HeaderLine): number {
  const own = linesOf(copy).find((line) => line.kind === "header");
  return own?.kind === "header" ? own.bytes : header.bytes;
}

/** Changes are appended only when both copies have the snapshot: before that one may be incomplete. */
function mayBeUnfinished(run: Run | undefined): boolean {
  return run !== undefined && run.last === run.header.number + run.header.lines;
}

function conditionOf(copy: ScannedCopy, run: Run | undefined): CopyCondition {
  if (run === undefined) return "damaged";
  const { header, last } = run;
  const lines = linesOf(copy);
  const isMixed = lines.some(({ number }) => number < header.number || number > last);
  const ifBad = isMixed || mayBeUnfinished(run) ? "interrupted" : "damaged";
  const numbers = new Map(lines.map((line) => [line.number, line]));
  if (!numbers.has(header.number)) return ifBad;
  const ownLast = endOfRun(header.number, numbers);
  const ownRun = { header, last: Math.min(ownLast, last) };
  if (copy.size < header.bytes || !endsAt(copy, ownRun)) return ifBad;
  if (ownLast < header.number + header.lines) return ifBad;
  const hasBad = copy.pieces.some((piece) => piece.line === undefined);
  if (ownLast === last && !isMixed && !hasBad) return "whole";
  return "behind";
}
