import { sleep } from "../base/backoff.ts";
import type { Connection } from "./connection.ts";

/** Longest pause between two looks at a socket: the runtime does not say when it has drained. */
const MAX_PAUSE_MS = 25;

/** A client read nothing, or said nothing that was waited for, for too long. */
export class StalledClientError extends Error {
  override readonly name = "StalledClientError";

  constructor(ms: number) {
    super(`The client read nothing for ${ms} ms`);
  }
}

/** Options of {@linkcode waitForRoom}. */
export interface RoomOptions {
  /** Bytes that may wait in the socket. */
  readonly maxSendBufferBytes: number;
  /** How long the client may read nothing. */
  readonly stallMs: number;
}

/**
 * Waits until a socket has room for more.
 *
 * @param signal Ends the wait.
 * @throws {StalledClientError} When the client reads nothing.
 * @throws The signal's reason.
 */
export async function waitForRoom(
  connection: Connection,
  options: RoomOptions,
  signal: AbortSignal,
): Promise<void> {
  let buffered = connection.bufferedBytes;
  let lastProgress = performance.now();
  for (let pause = 1; buffered > options.maxSendBufferBytes; pause *= 2) {
    await sleep(Math.min(pause, MAX_PAUSE_MS), signal);
    const now = performance.now();
    const left = connection.bufferedBytes;
    if (left < buffered) lastProgress = now;
    else if (now - lastProgress >= options.stallMs) throw new StalledClientError(options.stallMs);
    buffered = left;
  }
}
