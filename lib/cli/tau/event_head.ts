import type { RawEvent } from "../../event/raw_event.ts";
import { type Level, levelOf } from "../../web/level.js";

/** What a list shows of an event, made once: a list looks at its events in every frame. */
export interface EventHead {
  /** The beginning of the content as it came. */
  readonly text: string;
  /** Whether the content goes on. */
  readonly isCut: boolean;
  readonly level: Level | undefined;
}

/** Bytes of a content that a list looks at: more than a wide screen, and little of a megabyte. */
const HEAD_BYTES = 4096;

const heads = new WeakMap<RawEvent, EventHead>();

/** The head of an event. */
export function headOf(event: RawEvent): EventHead {
  let head = heads.get(event);
  if (head === undefined) {
    head = makeHead(event);
    heads.set(event, head);
  }
  return head;
}

function makeHead(event: RawEvent): EventHead {
  const bytes = event.contentBytes();
  const isCut = bytes.length > HEAD_BYTES;
  // A character that the cut goes through is left out.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const text = decoder.decode(bytes.subarray(0, HEAD_BYTES), { stream: isCut });
  return { text, isCut, level: levelOf(text) };
}
