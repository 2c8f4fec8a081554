import type { Environment } from "./environment.ts";

/** The user wants the command to stop. */
export class StopRequest extends Error {
  override readonly name = "StopRequest";
}

/**
 * A signal that comes sooner after the first is the same request: Ctrl-C reaches every process of the
 * terminal, and a task runner passes it on besides.
 */
const INSIST_AFTER_MS = 500;

/**
 * Turns signals of the system into one request to stop, and a second one into an end at once.
 *
 * The signals are taken over when the request is first asked for: until then they end the process on
 * the spot.
 */
export class StopRequests implements Disposable {
  readonly #environment: Environment;
  readonly #requested = new AbortController();
  readonly #insisted = Promise.withResolvers<void>();
  #requestedAt = 0;
  #listening: Disposable | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Aborts at the first request, with a {@linkcode StopRequest}. */
  get signal(): AbortSignal {
    this.#listening ??= this.#environment.onStopSignal(() => this.#onSignal());
    return this.#requested.signal;
  }

  /** Resolves at the second request. */
  get insisted(): Promise<void> {
    return this.#insisted.promise;
  }

  #onSignal(): void {
    const now = this.#environment.now();
    if (!this.#requested.signal.aborted) {
      this.#requestedAt = now;
      this.#requested.abort(new StopRequest("the user stops the command"));
    } else if (now - this.#requestedAt >= INSIST_AFTER_MS) {
      this.#insisted.resolve();
    }
  }

  [Symbol.dispose](): void {
    this.#listening?.[Symbol.dispose]();
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

/**
 * Does what a stop ends before it is done; what comes of it does not hear of later stops.
 *
 * @param work Is given a signal that aborts with `stop` as long as the work is not done, and what says
 * that it is, which it also is when its promise settles.
 * @returns Undefined when it was stopped before.
 */
export async function unlessStopped<T>(
  stop: AbortSignal,
  work: (signal: AbortSignal, release: () => void) => Promise<T>,
): Promise<T | undefined> {
  const working = new AbortController();
  const onStop = () => working.abort(stop.reason);
  const release = () => stop.removeEventListener("abort", onStop);
  stop.addEventListener("abort", onStop, { once: true });
  try {
    stop.throwIfAborted();
    return await work(working.signal, release);
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  } finally {
    release();
  }
}

/**
 * The promise, unless the signal aborts before it settles.
 *
 * @throws The signal's reason.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
