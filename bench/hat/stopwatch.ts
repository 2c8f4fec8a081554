import process from "node:process";

/** How fast something was done. */
export interface Speed {
  /** By the clock, per second. */
  readonly byClock: number;
  /** Per second of processor time of this program: what a busy machine leaves about as it is. */
  readonly byProcessor: number;
}

/** Takes the time from its making on. */
export class Stopwatch {
  readonly #started = performance.now();
  readonly #before = process.cpuUsage();

  /** @param done How much was done since then. */
  speed(done: number): Speed {
    const { user, system } = process.cpuUsage(this.#before);
    return {
      byClock: done * 1000 / (performance.now() - this.#started),
      byProcessor: done * 1e6 / (user + system),
    };
  }
}
