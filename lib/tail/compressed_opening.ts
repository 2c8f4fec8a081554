import { CompressedReader } from "./compressed_reader.ts";
import { fileKey, HEAD_BYTES, headMatches, holdsContent, identify } from "./file_identity.ts";
import type { FileStart } from "./file_portion.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** A file that did not change for so long is not being written any more. */
const WRITING_MS = 10_000;

/**
 * The offset of a compressed file that is not to be read (again): finding out where it ends would mean to
 * decompress it.
 */
export const PASSED_OVER = Number.MAX_SAFE_INTEGER;

/** What an opening has come to. */
export type CompressedTurn =
  /** Something is decompressed first. */
  | { readonly kind: "waiting" }
  /** It is not whole: look again later. */
  | { readonly kind: "aside" }
  | { readonly kind: "start"; readonly reader: CompressedReader; readonly start: FileStart }
  /** All of it was read, or is being read, as another file. */
  | { readonly kind: "done" };

/**
 * Decides where to begin in a compressed file: behind what was read of the file that it is made of, or
 * at its beginning where it was made of none that is known.
 */
export class CompressedOpening implements Disposable {
  #path: string;
  readonly #context: TailContext;
  readonly #key: string;
  #reader: CompressedReader | undefined;
  #candidates: TailPosition[] | undefined;
  /** When it was seen to be not whole, and how it was then. */
  #broken: { readonly since: number; readonly size: number; readonly mtime: number } | undefined;

  /**
   * Opens the file.
   *
   * @throws As `FileReader.open`.
   */
  constructor(path: string, context: TailContext) {
    this.#path = path;
    this.#context = context;
    this.#reader = CompressedReader.open(path);
    this.#key = fileKey(this.#reader.stat());
  }

  /** Goes on; to be called until it is over. */
  step(): CompressedTurn {
    if (this.#broken !== undefined && !this.#isWorthAnotherLook(this.#broken)) {
      return { kind: "aside" };
    }
    const reader = this.#reader ??= CompressedReader.open(this.#find());
    if (this.#recall(reader)?.offset === PASSED_OVER) return { kind: "done" };
    if (isShortOf(reader, HEAD_BYTES)) return { kind: "waiting" };
    this.#candidates ??= this.#findCandidates(reader);
    const [candidate] = this.#candidates;
    if (candidate === undefined) {
      return this.#start({ identity: identify(reader.stat()), offset: 0 });
    }
    return this.#judge(reader, candidate);
  }

  /** Lets the file go, unless it was handed out. */
  [Symbol.dispose](): void {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
  }

  #judge(reader: CompressedReader, candidate: TailPosition): CompressedTurn {
    const { register, tailBuffer } = this.#context;
    reader.skipTo(candidate.offset);
    if (isShortOf(reader, candidate.offset)) return { kind: "waiting" };
    if (holdsContent(reader, candidate, tailBuffer)) {
      if (register.isTaken(fileKey(candidate.identity))) return { kind: "done" };
      return this.#start(candidate);
    }
    if (reader.state.kind === "failed" && this.#mayBeWriting()) return { kind: "aside" };
    this.#candidates?.shift();
    this[Symbol.dispose]();
    return { kind: "waiting" };
  }

  /** Remembers that the file is not whole; false when it has been like that for long. */
  #mayBeWriting(): boolean {
    const now = this.#context.scheduler.now();
    const { size, mtime } = Deno.statSync(this.#find());
    const state = { since: now, size, mtime: mtime?.getTime() ?? 0 };
    const isSame = this.#broken?.size === state.size && this.#broken.mtime === state.mtime;
    if (!isSame) this.#broken = state;
    this[Symbol.dispose]();
    return now - (this.#broken?.since ?? now) < WRITING_MS;
  }

  #isWorthAnotherLook(
    { since, size, mtime }: { since: number; size: number; mtime: number },
  ): boolean {
    const info = Deno.statSync(this.#find());
    if (info.size !== size || info.mtime?.getTime() !== mtime) return true;
    return this.#context.scheduler.now() - since >= WRITING_MS;
  }

  /** What it is called now: the next rotation may have given it another name. */
  #find(): string {
    const names = [this.#path, ...this.#context.relatives.find(this.#path).map(({ path }) => path)];
    const path = names.find((name) => keyOf(name) === this.#key);
    if (path === undefined) {
      throw new Deno.errors.NotFound(`Cannot read '${this.#path}' as it is not there any more`);
    }
    return this.#path = path;
  }

  #recall(reader: CompressedReader): TailPosition | undefined {
    return this.#context.register.recall(reader.stat());
  }

  #findCandidates(reader: CompressedReader): TailPosition[] {
    const { headBuffer, register } = this.#context;
    const head = headBuffer.subarray(0, reader.readAt(0, headBuffer));
    const own = this.#recall(reader);
    return [...register.relatedTo(this.#path), ...own === undefined ? [] : [own]]
      .filter(({ offset }) => offset > 0 && offset !== PASSED_OVER)
      .filter(({ identity }) => headMatches(head, identity.head))
      .sort((a, b) => b.offset - a.offset);
  }

  #start({ identity, offset }: FileStart): CompressedTurn {
    const reader = this.#reader ??= CompressedReader.open(this.#find());
    this.#reader = undefined;
    return { kind: "start", reader, start: { identity, offset } };
  }
}

function isShortOf(reader: CompressedReader, bytes: number): boolean {
  return reader.state.kind === "reading" && reader.stat().size < bytes;
}

function keyOf(path: string): string | undefined {
  try {
    return fileKey(Deno.statSync(path));
  } catch {
    return undefined;
  }
}
