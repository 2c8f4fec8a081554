import type { Event } from "../event/event.ts";
import type { BatchMaker } from "./batch_maker.ts";
import type { ByteReader } from "./byte_reader.ts";
import { CompressedReader } from "./compressed_reader.ts";
import type { RecordedBatch } from "./checkpoint/recorded_batch.ts";
import { fileKey } from "./file_identity.ts";
import type { FilePiece } from "./file_portion.ts";
import { type Holder, HolderSearch } from "./holder_search.ts";
import { type LineGroup, LineGrouper } from "./line_grouper.ts";
import { DEFAULT_ENCODING, type LineFormat } from "./line_format.ts";
import type { TailContext } from "./tail_context.ts";
import { TailedFile } from "./tailed_file.ts";
import type { FileSpan, TailPosition } from "./tail_position.ts";
import type { WatchedBatch } from "./watched_batch.ts";

/** A file that changes under the reader so often is not to be waited for: others wait for this. */
const MAX_TRIES = 8;

/** What a replay has come to. */
export type ReplayTurn =
  /** Something is looked for or decompressed first. */
  | { readonly kind: "waiting" }
  | { readonly kind: "batch"; readonly batch: WatchedBatch }
  | { readonly kind: "over" };

/**
 * Reads a batch again that was recorded by an earlier run and perhaps not delivered.
 *
 * The same bytes are read with the same boundaries and the same time of reading, so the events are the
 * same, and a collector that has some of them recognises these. What is not there any more is reported
 * as lost, as nobody can tell whether it was delivered.
 */
export class Replay implements Disposable {
  readonly #batch: RecordedBatch;
  readonly #context: TailContext;
  readonly #format: LineFormat;
  readonly #batches: BatchMaker;
  readonly #spans: FileSpan[];
  #search: HolderSearch | undefined;
  #file: TailedFile | undefined;
  #archive: CompressedReader | undefined;
  /** What was read since the last gap. */
  #pieces: FilePiece[] = [];
  /** What was read of the first span. */
  #spanPieces: FilePiece[] = [];
  /** How often the first span was tried to be read. */
  #tries = 0;
  readonly #events: Event[] = [];
  #isOver = false;

  constructor(
    batch: RecordedBatch,
    context: TailContext,
    format: LineFormat,
    batches: BatchMaker,
  ) {
    this.#batch = batch;
    this.#context = context;
    this.#format = format;
    this.#batches = batches;
    this.#spans = [...batch.spans];
  }

  /** Goes on; to be called until it is over. */
  step(): ReplayTurn {
    if (this.#isOver) return { kind: "over" };
    const [span] = this.#spans;
    if (span !== undefined) {
      this.#tryToRead(span);
      return { kind: "waiting" };
    }
    this.#isOver = true;
    this.#takeLines();
    const { path, spans } = this.#batch;
    const batch = { path, events: this.#events, spans, ...this.#repetition };
    return { kind: "batch", batch };
  }

  /** Lets all files go. */
  [Symbol.dispose](): void {
    this.#search?.[Symbol.dispose]();
    this.#file?.[Symbol.dispose]();
    this.#archive?.[Symbol.dispose]();
    this.#search = this.#file = this.#archive = undefined;
  }

  get #repetition(): { readonly repeats: number; readonly timestamp: number } {
    return { repeats: this.#batch.id, timestamp: this.#batch.timestamp };
  }

  /** A file may get another name, be truncated or fail while it is read: a copy may have the bytes. */
  #tryToRead(span: FileSpan): void {
    try {
      this.#readSpan(span);
    } catch {
      this.#tryAgain(span);
    }
  }

  #tryAgain(span: FileSpan): void {
    this.#spanPieces = [];
    this[Symbol.dispose]();
    if (++this.#tries >= MAX_TRIES) this.#lose({ ...span, lost: span.to.offset - span.from });
  }

  #readSpan(span: FileSpan): void {
    if (span.lost !== undefined && span.lost > 0) return this.#lose(span);
    if (this.#file !== undefined) return this.#readFile(this.#file, span);
    if (this.#archive !== undefined) return this.#openArchive(this.#archive, span);
    this.#search ??= new HolderSearch(span.to, this.#context, { takesKnown: true });
    const turn = this.#search.step();
    if (turn.kind === "none") this.#lose({ ...span, lost: span.to.offset - span.from });
    if (turn.kind === "found") this.#openFile(turn.holder, span);
  }

  #openFile({ reader, path, kind }: Holder, span: FileSpan): void {
    if (kind === "compressed") {
      // What it has kept is what lies before the end of the span.
      const key = fileKey(reader.stat());
      reader[Symbol.dispose]();
      this.#archive = CompressedReader.open(path);
      if (fileKey(this.#archive.stat()) !== key) return this.#tryAgain(span);
      this.#archive.skipTo(span.from);
    } else {
      this.#file = this.#follow(reader, span);
    }
  }

  #follow(reader: ByteReader, { from, to }: FileSpan): TailedFile {
    const { split = "line", encoding = DEFAULT_ENCODING } = this.#format;
    return new TailedFile(reader, this.#context, {
      path: to.path,
      split,
      encoding,
      start: { identity: to.identity, offset: from },
      limit: to.offset,
      isImmutable: true,
    });
  }

  /** As soon as all of the span is decompressed. */
  #openArchive(archive: CompressedReader, span: FileSpan): void {
    if (archive.stat().size >= span.to.offset) this.#file = this.#follow(archive, span);
    else if (archive.state.kind !== "reading") {
      this.#lose({ ...span, lost: span.to.offset - span.from });
    }
  }

  #readFile(file: TailedFile, span: FileSpan): void {
    const portion = file.read(true);
    if (portion.kind === "read") this.#spanPieces.push(...portion.pieces);
    if (portion.kind === "read" && portion.more) return;
    const pieces = this.#spanPieces;
    this.#spanPieces = [];
    if (!isReadTo(file.position, span.to)) return this.#tryAgain(span);
    this.#pieces.push(...pieces);
    this.#finishSpan();
  }

  #lose(span: FileSpan): void {
    this.#takeLines();
    this.#events.push(...this.#batches.makeLost(span, undefined, this.#repetition).events);
    this.#finishSpan();
  }

  #finishSpan(): void {
    this.#spans.shift();
    this.#tries = 0;
    this[Symbol.dispose]();
  }

  #takeLines(): void {
    const lines = this.#group(this.#pieces);
    this.#pieces = [];
    this.#events.push(...this.#batches.make(lines, [], this.#repetition).events);
  }

  #group(pieces: readonly FilePiece[]): readonly (FilePiece | LineGroup)[] {
    if (this.#format.multiline === undefined) return pieces;
    const grouper = new LineGrouper(this.#format.multiline);
    const groups = grouper.push(pieces, 0);
    const last = grouper.flush();
    return last === undefined ? groups : [...groups, last];
  }
}

/** Whether the bytes before a position are those that were there when it was recorded. */
function isReadTo({ offset, tail }: TailPosition, recorded: TailPosition): boolean {
  return offset === recorded.offset && tail.length === recorded.tail.length &&
    tail.crc32 === recorded.tail.crc32;
}
