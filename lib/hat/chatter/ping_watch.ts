import type { Clock } from "../clock.ts";

/** When a {@linkcode PingWatch} acts. */
export interface PingTimes {
  /** How long nothing may come before the peer is asked, in milliseconds. @default {20_000} */
  readonly pingDelayMs?: number;
  /** How long nothing may come after that, in milliseconds. @default {20_000} */
  readonly pingTimeoutMs?: number;
}

/** What {@linkcode PingWatch} does. */
export interface PingActions {
  /** Asks the peer. */
  readonly ping: () => void;
  /** The peer said nothing. */
  readonly giveUp: () => void;
  /** Whether it cannot be told what comes, as nothing is read. */
  readonly isDeaf: () => boolean;
}

/** As in Hat: often enough to notice within a minute. */
export const DEFAULT_PING_MS = 20_000;

/**
 * Looks during the time in which an answer must come. A thread that was blocked, or a machine that slept,
 * has missed what came; then one look is late, and what came is found before the next.
 */
const LOOKS = 4;

/** Notices that nothing comes from the peer: asks it, and gives up when nothing comes even then. */
export class PingWatch implements Disposable {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #timeoutMs: number;
  readonly #actions: PingActions;
  #timer: Disposable;
  #lastHeard: number;
  #isHeard = false;

  constructor(clock: Clock, times: PingTimes, actions: PingActions) {
    this.#clock = clock;
    this.#delayMs = times.pingDelayMs ?? DEFAULT_PING_MS;
    this.#timeoutMs = times.pingTimeoutMs ?? DEFAULT_PING_MS;
    this.#actions = actions;
    this.#lastHeard = clock.now();
    this.#timer = clock.after(this.#delayMs, () => this.#look());
  }

  /** Something came. */
  heard(): void {
    this.#lastHeard = this.#clock.now();
    this.#isHeard = true;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #look(): void {
    if (this.#actions.isDeaf()) this.heard();
    const left = this.#lastHeard + this.#delayMs - this.#clock.now();
    if (left > 0) {
      this.#timer = this.#clock.after(left, () => this.#look());
      return;
    }
    this.#isHeard = false;
    this.#wait(1);
    this.#actions.ping();
  }

  #wait(look: number): void {
    this.#timer = this.#clock.after(this.#timeoutMs / LOOKS, () => {
      if (this.#actions.isDeaf()) this.heard();
      if (this.#isHeard) this.#look();
      else if (look < LOOKS) this.#wait(look + 1);
      else this.#actions.giveUp();
    });
  }
}
