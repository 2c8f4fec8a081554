import { type BackendSettings, cutoffOf } from "../options.ts";
import type { WriteQueue } from "./write_queue.ts";
import type { DropLimits } from "./writer.ts";

/** Has the writing thread drop events until all limits are kept, in steps between its other work. */
export class Dropper implements AsyncDisposable {
  readonly #settings: BackendSettings;
  readonly #queue: WriteQueue;
  #running: Promise<void> | undefined;
  #step: Promise<unknown> | undefined;
  #isClosing = false;

  /** Makes one that has nothing to do yet. */
  constructor(settings: BackendSettings, queue: WriteQueue) {
    this.#settings = settings;
    this.#queue = queue;
  }

  /** Resolves when the step is done that the writing thread is at. */
  get step(): Promise<unknown> {
    return Promise.resolve(this.#step);
  }

  /** Begins to drop, unless that is under way or there are no limits. */
  start(): void {
    const { maxEvents, maxAgeSeconds, maxBytes } = this.#settings.limits;
    if ((maxEvents ?? maxAgeSeconds ?? maxBytes) === undefined || this.#isClosing) return;
    const cutoff = maxAgeSeconds === undefined ? undefined : cutoffOf(this.#settings).toBytes();
    this.#running ??= this.#drop({ maxEvents, maxBytes, cutoff })
      .catch((error) => this.#settings.observer({ kind: "drop-failed", error }))
      .finally(() => this.#running = this.#step = undefined);
  }

  /** Ends after the step that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.#running;
  }

  async #drop(limits: DropLimits): Promise<void> {
    for (let more = true; more && !this.#isClosing;) {
      const step = this.#queue.drop(limits);
      this.#step = step.catch(() => {});
      const { dropped, more: isMore } = await step;
      more = isMore;
      if (dropped > 0) this.#settings.observer({ kind: "dropped", events: dropped });
    }
  }
}
