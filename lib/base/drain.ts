import { sleep } from "./backoff.ts";

/** What {@linkcode waitForDrain} looks at: a `WebSocket`, or something that stands for one. */
export interface DrainableSocket {
  /** Bytes given to `send` that the operating system has not taken yet. */
  readonly bufferedAmount: number;
  /** `WebSocket.OPEN` while it can send. */
  readonly readyState: number;
}

/** First wait: about as long as the operating system needs for some hundred KiB. */
const MIN_POLL_MS = 1;

/** Longest wait, for a peer that takes nothing at all: late enough to cost no CPU. */
const MAX_POLL_MS = 32;

/**
 * Waits until a socket has sent what it buffers, down to a bound. Deno's WebSocket has no event for
 * that, so `bufferedAmount` is looked at again and again, less often while it does not shrink.
 *
 * @param maxBuffered Bytes that may still be waiting.
 * @param signal Ends the wait at once.
 * @returns True when there is room, false when the socket is no longer open.
 * @throws The signal's reason when it aborts.
 */
export async function waitForDrain(
  socket: DrainableSocket,
  maxBuffered: number,
  signal?: AbortSignal,
): Promise<boolean> {
  let pollMs = MIN_POLL_MS;
  let before = socket.bufferedAmount;
  while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > maxBuffered) {
    await sleep(pollMs, signal);
    const now = socket.bufferedAmount;
    pollMs = now < before ? MIN_POLL_MS : Math.min(MAX_POLL_MS, pollMs * 2);
    before = now;
  }
  return socket.readyState === WebSocket.OPEN;
}
