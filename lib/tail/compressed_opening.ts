import { CompressedDataError } from "../base/compression/decompressor.ts";
import { CompressedReader } from "./compressed_reader.ts";
import {
  contentOf,
  type Fingerprint,
  HEAD_BYTES,
  headMatches,
  holdsContent,
  identify,
  mayBeMadeOf,
} from "./file_identity.ts";
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

/** What the file may be made of, up to an offset. */
interface Candidate extends FileStart {
  readonly tail: Fingerprint;
  readonly isPassedOver?: true;
}

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
  readonly #path: string;
  readonly #context: TailContext;
  #reader: CompressedReader | undefined;
  #candidates: Candidate[] | undefined;
  #isAside = false;
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
  }

  /** Goes on; to be called until it is over. */
  step(): CompressedTurn {
    const reader = this.#reader;
    if (reader === undefined) return { kind: "done" };
    if (this.#isAside) {
      if (!this.#isWorthAnotherLook(reader)) return { kind: "aside" };
      this.#isAside = false;
      reader.restart();
    }
    if (this.#recall(reader)?.offset === PASSED_OVER) return { kind: "done" };
    if (isShortOf(reader, HEAD_BYTES)) return { kind: "waiting" };
    if (this.#mayBeWriting(reader)) return { kind: "aside" };
    this.#candidates ??= this.#findCandidates(reader);
    const [candidate] = this.#candidates;
    if (candidate === undefined) {
      return this.#start(reader, { identity: identify(reader.stat()), offset: 0 });
    }
    return this.#judge(reader, candidate);
  }

  /** Lets the file go, unless it was handed out. */
  [Symbol.dispose](): void {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
  }

  #judge(reader: CompressedReader, candidate: Candidate): CompressedTurn {
    const { register, tailBuffer } = this.#context;
    reader.skipTo(candidate.offset);
    if (isShortOf(reader, candidate.offset)) return { kind: "waiting" };
    if (holdsContent(reader, candidate, tailBuffer)) {
      if (register.isHeldBy(candidate.identity)) return { kind: "done" };
      return this.#start(reader, candidate);
    }
    if (this.#mayBeWriting(reader)) return { kind: "aside" };
    this.#candidates?.shift();
    reader.restart();
    return { kind: "waiting" };
  }

  /** Whether the file is not whole and may become so; false when it has been like that for long. */
  #mayBeWriting(reader: CompressedReader): boolean {
    if (!isCutOff(reader)) return false;
    const now = this.#context.scheduler.now();
    const { size, mtime } = reader.statCompressed();
    const state = { since: now, size, mtime: mtime?.getTime() ?? 0 };
    const isSame = this.#broken?.size === state.size && this.#broken.mtime === state.mtime;
    if (!isSame) this.#broken = state;
    return this.#isAside = now - (this.#broken?.since ?? now) < WRITING_MS;
  }

  #isWorthAnotherLook(reader: CompressedReader): boolean {
    const { since = 0, size, mtime } = this.#broken ?? {};
    const info = reader.statCompressed();
    if (info.size !== size || info.mtime?.getTime() !== mtime) return true;
    return this.#context.scheduler.now() - since >= WRITING_MS;
  }

  #recall(reader: CompressedReader): TailPosition | undefined {
    return this.#context.register.recall(reader.stat());
  }

  #findCandidates(reader: CompressedReader): Candidate[] {
    const { headBuffer, register } = this.#context;
    const head = headBuffer.subarray(0, reader.readAt(0, headBuffer));
    const own = this.#recall(reader);
    return [
      ...this.#openFiles(reader.stat()),
      ...register.relatedTo(this.#path),
      ...own === undefined ? [] : [own],
    ]
      .filter(({ offset }) => offset > 0 && offset !== PASSED_OVER)
      .filter(({ identity }) => headMatches(head, identity.head))
      .sort((a, b) => Number(isPassedOver(a)) - Number(isPassedOver(b)) || b.offset - a.offset);
  }

  /** Whatever is read of a file that is open, what was made of all of it has nothing more. */
  *#openFiles(archive: Deno.FileInfo): Iterable<Candidate> {
    const { register, tailBuffer } = this.#context;
    for (const { reader } of register.openIn(this.#path)) {
      if (reader instanceof CompressedReader) continue;
      const info = reader.stat();
      if (!mayBeMadeOf(archive, info)) continue;
      const content = contentOf(reader, info.size, tailBuffer);
      if (content === undefined) continue;
      yield { ...content, identity: { ...identify(info), ...content.identity } };
    }
  }

  #start(reader: CompressedReader, { identity, offset }: FileStart): CompressedTurn {
    this.#reader = undefined;
    return { kind: "start", reader, start: { identity, offset } };
  }
}

/** Of a copy that was passed over nothing was read: how far its original was read counts, if that is known. */
function isPassedOver(candidate: Candidate): boolean {
  return candidate.isPassedOver === true;
}

function isCutOff({ state }: CompressedReader): boolean {
  if (state.kind !== "failed") return false;
  return state.error instanceof CompressedDataError && state.error.fault === "truncated";
}

function isShortOf(reader: CompressedReader, bytes: number): boolean {
  return reader.state.kind === "reading" && reader.stat().size < bytes;
}
