import type { Cursor } from "../event/criteria.ts";

/** Answers that criteria were taken; what was asked for follows. */
export const OK = "ok";

/** Theia 0.9.2's words for a find without a store. */
export const NON_PERSISTENT = "Action not available in non-persistent mode.";

/** Something was refused; the connection stays unless it is closed right after. */
export interface ErrorMessage {
  readonly error: string;
}

/** `theia.v1`, `/event`: the events of the n-th message are on disk, or are listed as rejected. */
export interface AckMessage {
  /** Counts the messages of the connection, from 1. */
  readonly ack: number;
  /** How many of its events are stored now that were not before. */
  readonly events: number;
  /** How many were stored already. */
  readonly duplicates: number;
  /** What was not stored, with its place among the events of the message, from 0. */
  readonly rejected?: readonly Rejection[];
}

/** An event that was not taken. */
export interface Rejection {
  /** Counts events and malformed pieces of the message together. */
  readonly index: number;
  /** What is wrong with it, or why it could not be stored. */
  readonly reason: string;
  /** True when the same event may be taken later, such as when the disk has room again. */
  readonly retryable?: boolean;
}

/** `theia.v1`, `/find`: all results were sent. */
export interface DoneMessage {
  /** Tells this message from others. */
  readonly done: true;
  /** Events sent. */
  readonly matched: number;
  /** Events looked at. */
  readonly scanned: number;
  /** Milliseconds since the criteria came. */
  readonly elapsed_ms: number;
  /** For `since`: nothing that arrived later was looked for. */
  readonly cursor: Cursor;
}

/** `theia.v1`, `/live`: the subscriber was too slow. */
export interface GapMessage {
  readonly gap: {
    readonly dropped: number;
    /** Asking again with this cursor replays what was dropped. */
    readonly since: Cursor;
  };
}

/** `theia.v1`, `/live`: everything up to this cursor was sent, or did not match. */
export interface CursorMessage {
  readonly cursor: Cursor;
}

/** Any text message of a collector but {@linkcode OK}. */
export type ServerMessage = ErrorMessage | AckMessage | DoneMessage | GapMessage | CursorMessage;

/**
 * Reads a text message of a collector.
 *
 * @throws {SyntaxError} When it is none of {@linkcode ServerMessage} and not {@linkcode OK}.
 */
export function parseServerMessage(text: string): typeof OK | ServerMessage {
  if (text === OK) return OK;
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null) {
    for (const key of ["error", "ack", "done", "gap", "cursor"]) {
      if (key in value) return value as ServerMessage;
    }
  }
  throw new SyntaxError(`Cannot read message of collector: unknown message ${text.slice(0, 200)}`);
}
