import { settledWithin } from "../settled_within.ts";

/** A body ended before it was whole, or nothing of it came for too long. */
export class TornBodyError extends Error {
  override readonly name = "TornBodyError";
}

/** Options of {@linkcode readBody}. */
export interface BodySourceOptions {
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** How long nothing may come. */
  readonly maxSilenceMs: number;
}

/**
 * The bytes of a request's body, read as they are taken.
 *
 * @throws {TornBodyError} When the client left or says nothing.
 * @throws The signal's reason.
 */
export async function* readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { signal, maxSilenceMs }: BodySourceOptions,
): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const result = await nextWithin(maxSilenceMs, reader, signal);
    if (result.done) return;
    yield withoutSpare(result.value);
  }
}

/** The runtime reads into 64 KiB, of which a tiny chunk would keep all in memory as long as it is held. */
function withoutSpare(bytes: Uint8Array): Uint8Array {
  return bytes.length < bytes.buffer.byteLength / 2 ? bytes.slice() : bytes;
}

/**
 * Reads on what nobody wants, so that a client that sends all of it before it reads gets its answer.
 *
 * @param reader Its stream is given up after that.
 */
export async function drainBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxBytes, maxMs }: { readonly maxBytes: number; readonly maxMs: number },
): Promise<void> {
  async function drain(): Promise<void> {
    for (let bytes = 0; bytes < maxBytes;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
    }
  }
  await settledWithin(maxMs, drain());
  await reader.cancel().catch(() => {});
}

async function nextWithin(
  ms: number,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new TornBodyError(`Cannot read on as nothing came for ${ms} ms`));
  }, ms);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const next = reader.read().catch((cause) => {
    throw new TornBodyError("Cannot read the body to its end: it was cut off", { cause });
  });
  try {
    return await Promise.race([next, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    // Nobody waits for it when the time was over.
    next.catch(() => {});
  }
}
