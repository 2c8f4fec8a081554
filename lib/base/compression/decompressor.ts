/**
 * Gives back the bytes of compressed data, a bounded piece at a time.
 *
 * The runtime's own streams are not used: those for zstd end the program when data is damaged (the
 * error is thrown where nobody can catch it) and take truncated data for whole; those for gzip fail
 * at the second member; none hands out what came before the damage.
 */
export interface Decompressor {
  /**
   * The next bytes: a view that is valid until the next call. It may be empty: a call does a bounded
   * amount of work, and not all of it brings bytes.
   *
   * Everything that can be made of data before it ends or is damaged is given before the error.
   *
   * @returns `undefined` at the end of the data.
   * @throws {CompressedDataError} When nothing more can be made of the data.
   * @throws {unknown} What reading the data threw.
   */
  next(): Uint8Array | undefined;
}

/** What is wrong with compressed data. */
export type CompressedDataFault =
  /** It ends in the middle: it may be whole later. */
  | "truncated"
  /** It is not what any compressor wrote. */
  | "corrupt"
  /** It needs what is not here: a dictionary, or too much memory. */
  | "unsupported";

/** Thrown when compressed data cannot be decompressed. */
export class CompressedDataError extends Error {
  override readonly name = "CompressedDataError";
  /** What is wrong with the data. */
  readonly fault: CompressedDataFault;

  /** @param reason Ends the sentence "Cannot decompress the data as …". */
  constructor(fault: CompressedDataFault, reason: string) {
    super(`Cannot decompress the data as ${reason}`);
    this.fault = fault;
  }
}
