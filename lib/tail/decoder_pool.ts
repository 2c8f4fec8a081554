import { LineDecoder } from "./line_decoder.ts";

/** Makes one decoder for each encoding: thousands of files share a few. */
export class DecoderPool {
  readonly #decoders = new Map<string, LineDecoder>();

  /**
   * The decoder for an encoding.
   *
   * @param label As for `TextDecoder`.
   * @throws {RangeError} When there is no such encoding.
   */
  get(label: string): LineDecoder {
    let decoder = this.#decoders.get(label);
    if (decoder === undefined) {
      decoder = new LineDecoder(label);
      this.#decoders.set(label, decoder);
    }
    return decoder;
  }
}
