import { CriteriaError } from "../event/criteria.ts";

/**
 * `theia.v1`, `/find` and `/live`: what was stored is sent no further ahead than this. Holds for the
 * connection from now on; without it there is no bound.
 */
export interface WindowMessage {
  /** How many bytes of binary messages may be ahead of what was taken. */
  readonly window: number;
}

/** `theia.v1`, `/find` and `/live`: how far the client has come. */
export interface TakenMessage {
  /** Bytes of all binary messages of the connection that need no memory any more. */
  readonly taken: number;
}

/** What a client with a window sends beside criteria. */
export type FlowMessage = WindowMessage | TakenMessage;

/**
 * The window of this project's client: 40 MiB/s over a line with a round trip of 100 ms, and little
 * memory even for a small machine.
 */
export const WINDOW_BYTES = 4 << 20;

/**
 * How long one side of `theia.v1` is silent before it says again how far it is: on `/live` the collector,
 * with a window also the client. Often enough to tell within a minute that the other one is gone, seldom
 * enough to cost nothing.
 */
export const HEARTBEAT_MS = 15_000;

/** After so many heartbeats that did not come, a collector is taken for gone: one may be late. */
export const MISSED_HEARTBEATS = 3;

/** How each flow message begins; criteria know neither key. */
const BEGINNING = /^\s*\{\s*"(window|taken)"\s*:/;

/**
 * Reads a message that may be a {@linkcode FlowMessage}.
 *
 * @returns Undefined when it is something else, such as criteria.
 * @throws {CriteriaError} When its value is wrong, or it says more than that.
 */
export function readFlowMessage(text: string): FlowMessage | undefined {
  const key = BEGINNING.exec(text)?.[1];
  if (key === undefined) return undefined;
  const least = key === "window" ? 1 : 0;
  const value = readOnlyMember(text, key);
  if (Number.isSafeInteger(value) && Number(value) >= least) {
    return key === "window" ? { window: Number(value) } : { taken: Number(value) };
  }
  throw new CriteriaError(
    `Cannot read message: '${key}' must be an integer from ${least} on and the only key, ` +
      `current message is ${text.slice(0, MAX_SHOWN_CHARS)}`,
    key,
  );
}

/** Enough of a message to recognise it. */
const MAX_SHOWN_CHARS = 80;

/** @returns Undefined when there are others, or the text is no JSON. */
function readOnlyMember(text: string, key: string): unknown {
  try {
    const members = Object.entries(JSON.parse(text));
    return members.length === 1 && members[0]?.[0] === key ? members[0][1] : undefined;
  } catch {
    return undefined;
  }
}
