import type { RawEvent } from "../../event/raw_event.ts";

/** An event, or why there is none. */
export type BodyItem = RawEvent | { readonly reason: string };

/** Makes events of the bytes of a body as they come. */
export interface BodyReader {
  /** What is complete with these bytes, which nobody may change any more. */
  push(bytes: Uint8Array): readonly BodyItem[];
  /** What the end of the body completes. */
  finish(): readonly BodyItem[];
}

/** What a {@linkcode BodyReader} works with. */
export interface BodyReaderOptions {
  readonly maxEventBytes: number;
  /** Seconds since 1970, for events without a timestamp. */
  readonly now: () => number;
}
