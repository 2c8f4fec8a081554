import { ByteGatherer } from "../../base/byte_gatherer.ts";
import { EventFormatError, NO_PREAMBLE } from "../../event/event_reader.ts";
import { type DecodedItem, EventDecoder } from "../../event/event_streams.ts";
import { completeEvent, mayBeBare, readMessage } from "../../event/intake.ts";
import type { BodyItem, BodyReader, BodyReaderOptions } from "./body_reader.ts";

/**
 * Reads Theia's text format as the other doors do: a body may also be one event without preamble, and
 * what a producer may leave out is completed. What is read does not depend on how the bytes come.
 */
export class TextBodyReader implements BodyReader {
  readonly #options: BodyReaderOptions;
  readonly #decoder: EventDecoder;
  /** The body as long as it can be one event without preamble. */
  #bare: ByteGatherer | undefined = new ByteGatherer();
  #isMalformed = false;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
    this.#decoder = new EventDecoder(options);
  }

  push(bytes: Uint8Array): readonly BodyItem[] {
    if (bytes.length === 0) return [];
    if (this.#bare === undefined) return this.#toItems(this.#decoder.pushItems(bytes));
    const isFirst = this.#bare.length === 0;
    if (!isFirst || mayBeBare(bytes)) {
      this.#bare.add(bytes);
      if (this.#bare.length <= this.#options.maxEventBytes) return [];
    }
    const all = isFirst ? bytes : this.#bare.take();
    this.#bare = undefined;
    return this.#toItems(this.#decoder.pushItems(all));
  }

  finish(): readonly BodyItem[] {
    if (this.#bare === undefined) return this.#toItems(this.#decoder.finishItems());
    const { events, rejected } = readMessage(this.#bare.take(), this.#options);
    const items: BodyItem[] = [...events];
    for (const { index, error } of rejected) items.splice(index, 0, toReason(error));
    return items;
  }

  #toItems(decoded: readonly DecodedItem[]): BodyItem[] {
    const items: BodyItem[] = [];
    for (const item of decoded) {
      if (!(item instanceof EventFormatError)) {
        items.push(completeEvent(item, this.#options.now));
        this.#isMalformed = false;
        continue;
      }
      // What was passed over goes on where bytes begin as no event does.
      if (!this.#isMalformed || item.reason !== NO_PREAMBLE) items.push(toReason(item));
      this.#isMalformed = true;
    }
    return items;
  }
}

/** How much was passed over depends on how the bytes came. */
function toReason({ offset, reason }: EventFormatError): BodyItem {
  return { reason: `Cannot read event at byte ${offset}: ${reason}` };
}
