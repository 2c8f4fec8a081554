/**
 * An open file that can be read at any place.
 *
 * Calls are synchronous: a page cache answers in well under a millisecond, and nothing can change hands
 * between two calls.
 */
export interface ByteReader extends Disposable {
  /** The status of the open file, whatever its name is by now. */
  stat(): Deno.FileInfo;
  /**
   * Reads once.
   *
   * @param offset First byte to read.
   * @param buffer Is filled from its start.
   * @returns How many bytes were read: 0 at the end of what can be read now.
   */
  readAt(offset: number, buffer: Uint8Array): number;
}
