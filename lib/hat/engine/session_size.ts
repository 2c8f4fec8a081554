import type { RegisterEvent } from "../event.ts";
import type { EventPayload } from "../payload.ts";
import { SessionLimitError } from "./session_error.ts";

/**
 * What the events of one session may take. Clients are told a session in one message, of which Hat's and
 * ours take 64 MiB: the rest is for what a message has besides.
 */
export const MAX_SESSION_BYTES = 48 << 20;

/** What an event takes besides its type and payload: its id, timestamps, and lengths. */
const EVENT_BYTES = 64;

/** What a segment takes besides its characters. */
const SEGMENT_BYTES = 4;

/** The bytes that an event takes in a message. */
export function eventBytes({ type, payload }: RegisterEvent): number {
  let bytes = EVENT_BYTES + payloadBytes(payload);
  for (const segment of type) bytes += textBytes(segment) + SEGMENT_BYTES;
  return bytes;
}

/** Adds up the bytes of the events of one session. */
export class SessionSize {
  readonly #sessionId: number;
  #bytes = 0;

  constructor(sessionId: number) {
    this.#sessionId = sessionId;
  }

  /** @throws {SessionLimitError} When that is too much. */
  add(event: RegisterEvent): void {
    this.#bytes += eventBytes(event);
    if (this.#bytes <= MAX_SESSION_BYTES) return;
    throw new SessionLimitError(
      `Cannot finish session ${this.#sessionId} as its events must have at most ` +
        `${MAX_SESSION_BYTES} bytes: current value is ${this.#bytes}`,
    );
  }
}

function payloadBytes(payload: EventPayload | undefined): number {
  if (payload === undefined) return 0;
  if (payload.kind === "json") return textBytes(payload.text);
  return textBytes(payload.type) + payload.data.length;
}

/** How long a text is in UTF-8. */
function textBytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    // A character of four bytes is a pair of surrogates.
    const isTwo = code < 0x800 || (code >= 0xd800 && code <= 0xdfff);
    bytes += isTwo ? 1 : 2;
  }
  return bytes;
}
