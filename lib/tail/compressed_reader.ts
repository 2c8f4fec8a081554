import type { Decompressor } from "../base/compression/decompressor.ts";
import { GzipDecompressor } from "../base/compression/gzip_decompressor.ts";
import { ZstdDecompressor } from "../base/compression/zstd_decompressor.ts";
import type { ByteReader } from "./byte_reader.ts";
import { ByteWindow } from "./byte_window.ts";
import { HEAD_BYTES } from "./file_identity.ts";
import { FileReader } from "./file_reader.ts";
import { toError } from "./tail_notice.ts";

/** Decompressed ahead of the reader: some batches, so that it seldom waits. */
export const AHEAD_BYTES: number = 4 * 1024 * 1024;

/** Kept behind the reader: more than an unfinished line has, which is looked at again. */
export const BEHIND_BYTES: number = 1024 * 1024;

/** Decompressed before other work of the program gets a turn: about a millisecond. */
const TURN_BYTES = 128 * 1024;

/** Steps before other work gets a turn where they bring no bytes. */
const TURN_STEPS = 64;

/** How far a {@linkcode CompressedReader} is. */
export type CompressedState =
  | { readonly kind: "reading" }
  | {
    readonly kind: "complete";
    /** Decompressed bytes in all. */
    readonly size: number;
  }
  | {
    readonly kind: "failed";
    /** A `CompressedDataError`, whose `fault` tells a file that may become whole, or whatever reading threw. */
    readonly error: Error;
  };

/**
 * Reads a compressed file as if it were one that grows, of the decompressed bytes.
 *
 * It decompresses between other work of the program, {@linkcode AHEAD_BYTES} ahead of what was read,
 * and keeps {@linkcode BEHIND_BYTES} behind it and the first {@linkcode HEAD_BYTES}. Of a file that
 * is cut off or damaged everything before the damage can be read.
 *
 * @example
 * ```ts
 * import { gzipSync } from "node:zlib";
 * import { CompressedReader } from "./compressed_reader.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".gz" });
 * await Deno.writeFile(path, gzipSync("hello"));
 * using reader = CompressedReader.open(path);
 * while (reader.state.kind === "reading") await reader.changed();
 * assert.equal(reader.stat().size, 5);
 * assert.equal(reader.readAt(1, new Uint8Array(10)), 4);
 * ```
 */
export class CompressedReader implements ByteReader {
  readonly #file: FileReader;
  readonly #window = new ByteWindow();
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #isZstd: boolean;
  #decompressor: Decompressor | undefined;
  #state: CompressedState = { kind: "reading" };
  #change: PromiseWithResolvers<void> | undefined;
  #turn: ReturnType<typeof setImmediate> | undefined;
  /** Where the reader is: it has read or skipped what lies before. */
  #reached = 0;
  #skippedTo = 0;

  private constructor(path: string, file: FileReader) {
    this.#file = file;
    this.#isZstd = /zst$/i.test(path);
    this.#begin();
  }

  /**
   * Opens a file whose name {@linkcode isCompressed} knows. What is in it is not looked at yet.
   *
   * @throws {unknown} As {@linkcode FileReader.open} does.
   */
  static open(path: string): CompressedReader {
    return new CompressedReader(path, FileReader.open(path));
  }

  /** Begins anew, whatever the file is called now: it may have grown, or be read from elsewhere. */
  restart(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#window.clear();
    this.#reached = 0;
    this.#skippedTo = 0;
    this.#begin();
  }

  /** How far decompression is. */
  get state(): CompressedState {
    return this.#state;
  }

  /** How many bytes of memory the decompressed bytes take. */
  get heldBytes(): number {
    return this.#window.heldBytes;
  }

  /** The status of the compressed file. */
  statCompressed(): Deno.FileInfo {
    return this.#file.stat();
  }

  /** The status of the compressed file; but `size` is how many bytes were decompressed so far. */
  stat(): Deno.FileInfo {
    return { ...this.#file.stat(), size: this.#window.end };
  }

  /**
   * Reads once, as {@linkcode ByteReader.readAt} does.
   *
   * @throws {RangeError} When the first byte lies too far behind what was read or skipped.
   */
  readAt(offset: number, buffer: Uint8Array): number {
    const count = offset < HEAD_BYTES
      ? this.#readHead(offset, buffer)
      : this.#window.readAt(offset, buffer);
    this.#reach(offset + count);
    return count;
  }

  /**
   * Tells that reading goes on at an offset. What lies before it is decompressed and dropped, but for
   * the {@linkcode HEAD_BYTES} just before; so many just behind it are kept until the next call.
   */
  skipTo(offset: number): void {
    this.#skippedTo = offset;
    this.#reach(offset);
    this.#release();
  }

  /**
   * Resolves when there are more bytes or the state is another; at once when nothing will change.
   *
   * While the reader is behind by {@linkcode AHEAD_BYTES} nothing changes until it reads on.
   */
  changed(): Promise<void> {
    if (this.#state.kind !== "reading") return Promise.resolve();
    return (this.#change ??= Promise.withResolvers()).promise;
  }

  /** Closes the file and ends decompression; closing twice is one. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
    this.#window.clear();
    if (this.#state.kind !== "reading") return;
    this.#end({ kind: "failed", error: new Error("Cannot read on as the reader is closed") });
  }

  #begin(): void {
    let offset = 0;
    const read = (buffer: Uint8Array) => {
      const count = this.#file.readAt(offset, buffer);
      offset += count;
      return count;
    };
    this.#state = { kind: "reading" };
    this.#decompressor = this.#isZstd ? new ZstdDecompressor(read) : new GzipDecompressor(read);
    this.#schedule();
  }

  #readHead(offset: number, buffer: Uint8Array): number {
    const end = Math.min(HEAD_BYTES, this.#window.end, offset + buffer.length);
    if (end <= offset) return 0;
    buffer.set(this.#head.subarray(offset, end));
    return end - offset;
  }

  #reach(offset: number): void {
    if (offset <= this.#reached) return;
    this.#reached = offset;
    this.#release();
    this.#schedule();
  }

  get #keepFrom(): number {
    return Math.max(0, this.#reached - BEHIND_BYTES, this.#skippedTo - HEAD_BYTES);
  }

  #release(): void {
    const around = this.#skippedTo;
    this.#window.release(this.#keepFrom, [Math.max(0, around - HEAD_BYTES), around + HEAD_BYTES]);
  }

  #schedule(): void {
    if (this.#turn !== undefined || this.#state.kind !== "reading") return;
    if (this.#window.end >= this.#reached + AHEAD_BYTES) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#decompress();
      this.#schedule();
    });
  }

  #decompress(): void {
    const before = this.#window.end;
    const state = this.#takeTurn(before + TURN_BYTES);
    if (state) this.#end(state);
    else if (this.#window.end > before) this.#notify();
  }

  /** Returns the state when it is another one. */
  #takeTurn(target: number): CompressedState | undefined {
    try {
      for (let steps = 0; steps < TURN_STEPS && this.#window.end < target; steps++) {
        const piece = this.#decompressor?.next();
        if (!piece) return { kind: "complete", size: this.#window.end };
        this.#add(piece);
      }
    } catch (error) {
      return { kind: "failed", error: toError(error) };
    }
    return undefined;
  }

  #add(piece: Uint8Array): void {
    const { end } = this.#window;
    if (end < HEAD_BYTES) this.#head.set(piece.subarray(0, HEAD_BYTES - end), end);
    this.#window.add(piece, this.#keepFrom);
  }

  #end(state: CompressedState): void {
    this.#state = state;
    this.#decompressor = undefined;
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#notify();
  }

  #notify(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }
}
