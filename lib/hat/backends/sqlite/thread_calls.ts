import type { WorkerListeners, WorkerThread } from "../../../base/worker_thread.ts";

/** Calls of a thread that answers each request, in order. */
export class ThreadCalls<Request, Reply> implements Disposable {
  readonly #thread: WorkerThread<Request>;
  readonly #waiting: PromiseWithResolvers<Reply>[] = [];
  #failure: Error | undefined;

  /** @param start Starts the thread. */
  constructor(start: (listeners: WorkerListeners<Reply>) => WorkerThread<Request>) {
    this.#thread = start({
      onMessage: (reply) => this.#waiting.shift()?.resolve(reply),
      onError: (error) => {
        this.#failure = error;
        for (const { reject } of this.#waiting.splice(0)) reject(error);
      },
    });
  }

  /**
   * Asks the thread.
   *
   * @throws {Error} When the thread is gone.
   */
  ask(request: Request, transfer: Transferable[] = []): Promise<Reply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<Reply>();
    this.#waiting.push(answer);
    this.#thread.post(request, transfer);
    return answer.promise;
  }

  /** Ends the thread at once. */
  [Symbol.dispose](): void {
    this.#thread[Symbol.dispose]();
    this.#failure ??= new Error("the thread was ended");
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
