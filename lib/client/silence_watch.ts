/** Looks during the time that may be silent; after that many without a sound it is over. */
const LOOKS = 3;

/**
 * Notices that nothing came for a while.
 *
 * It counts looks instead of comparing clocks: a thread that was blocked, or a machine that slept, has
 * missed what came, and gets time to find it.
 */
export class SilenceWatch implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #silentLooks = 0;

  /** @param onSilence Called once, after `ms`, at most a third more, without a sound. */
  constructor(ms: number, onSilence: () => void) {
    this.#timer = setInterval(() => {
      if (++this.#silentLooks <= LOOKS) return;
      clearInterval(this.#timer);
      onSilence();
    }, ms / LOOKS);
  }

  /** Something came. */
  heard(): void {
    this.#silentLooks = 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
