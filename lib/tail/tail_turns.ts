import type { FileRegister } from "./file_register.ts";
import type { Tailer } from "./tailer.ts";
import type { WatchedBatch } from "./watched_batch.ts";

/** Paths looked at without a result before other work of the program gets a turn: about half a millisecond. */
const LOOKS_PER_STEP = 64;

/** What a step brought. */
export type TailStep =
  | { readonly kind: "batch"; readonly batch: WatchedBatch }
  /** Nothing yet, but there are more paths to look at. */
  | { readonly kind: "busy" }
  /** Every path was looked at and has nothing. */
  | { readonly kind: "idle" };

/** Looks at quiet paths that come together are due together. */
const SLOT_MS = 100;

/** The longest time between two looks at a quiet path, as a part of the usual one. */
const LONGEST_REST = 1.5;

/** A path and when its turn comes though nothing hints at it. */
interface Turn {
  readonly key: string;
  readonly tailer: Tailer;
  /** The time of the next look at a quiet path, in units of `SLOT_MS`; absent for one that is lively. */
  slot: number | undefined;
}

/** Parts of the golden ratio fall nowhere twice: looks at quiet paths are spread over the time. */
const SPREAD = 0.618;

/**
 * Gives each of many paths its turn: one that had a batch goes to the back of the queue.
 *
 * @example
 * ```ts
 * import { TailTurns } from "./tail_turns.ts";
 *
 * using turns = new TailTurns({ room: 100 });
 * turns.callAll();
 * const step = turns.step();
 * ```
 */
export class TailTurns implements Disposable {
  readonly #turns = new Map<string, Turn>();
  /** Whose turn it is; a set keeps the order in which they came. */
  readonly #due = new Set<Turn>();
  /** Those that are due each time. */
  readonly #lively = new Set<Turn>();
  /** The quiet ones by their slots, which may have got another one meanwhile. */
  readonly #resting = new Map<number, Turn[]>();
  /** Those with nothing at their paths when they were looked at. */
  readonly #gone = new Set<Turn>();
  readonly #register: Pick<FileRegister, "room">;
  /** Who waits for room to open its file. */
  readonly #crowd = new Set<Turn>();
  #final = false;
  #rested = 0;
  #begin: number | undefined;

  /** @param register Tells how many more files may be opened. */
  constructor(register: Pick<FileRegister, "room">) {
    this.#register = register;
  }

  /** Adds a path, unless there is one of this key; it is due at once. */
  add(key: string, create: () => Tailer): void {
    if (this.#turns.has(key)) return;
    const turn: Turn = { key, tailer: create(), slot: undefined };
    this.#turns.set(key, turn);
    this.#lively.add(turn);
    this.#due.add(turn);
  }

  /** The path of a key. */
  get(key: string): Tailer | undefined {
    return this.#turns.get(key)?.tailer;
  }

  /** All paths. */
  *tailers(): Iterable<Tailer> {
    for (const { tailer } of this.#turns.values()) yield tailer;
  }

  /** Lets a path go; does nothing when there is none of this key. */
  remove(key: string): void {
    const turn = this.#turns.get(key);
    if (!turn) return;
    this.#turns.delete(key);
    for (const turns of [this.#due, this.#lively, this.#gone, this.#crowd]) turns.delete(turn);
    turn.slot = undefined;
    turn.tailer[Symbol.dispose]();
  }

  /** Takes out the keys of those that have nothing at their paths, and nothing left to read. */
  takeGone(): string[] {
    const gone = [...this.#gone].filter(({ tailer }) => tailer.gone).map(({ key }) => key);
    this.#gone.clear();
    return gone;
  }

  /** Lets all paths be looked at. */
  callAll(): void {
    for (const turn of this.#turns.values()) this.#due.add(turn);
  }

  /**
   * Lets those paths be looked at whose time has come: that of a quiet one comes seldom.
   *
   * @param quietMs The time between two looks at a quiet path.
   */
  callDue(now: number, quietMs: number): void {
    for (const turn of this.#lively) {
      this.#due.add(turn);
      if (turn.tailer.isQuiet) this.#rest(turn, now, quietMs);
    }
    const current = this.#slotOf(now);
    const latest = this.#slotOf(now + LONGEST_REST * quietMs);
    for (const [slot, turns] of [...this.#resting]) {
      // What is later than it can be is so because the clock was set back.
      if (slot > current && slot <= latest) continue;
      this.#resting.delete(slot);
      for (const turn of turns) {
        if (turn.slot !== slot) continue;
        this.#due.add(turn);
        this.#rest(turn, now, quietMs);
      }
    }
  }

  #rest(turn: Turn, now: number, quietMs: number): void {
    const part = LONGEST_REST - 1 + (++this.#rested * SPREAD) % 1;
    const slot = this.#slotOf(now + part * quietMs);
    this.#lively.delete(turn);
    turn.slot = slot;
    const others = this.#resting.get(slot);
    if (others === undefined) this.#resting.set(slot, [turn]);
    else others.push(turn);
  }

  /** Lets one path be looked at; does nothing when there is none of this key. */
  call(key: string): void {
    const turn = this.#turns.get(key);
    if (turn) this.#due.add(turn);
  }

  /** From now on only what is there now is read, with unfinished last lines. */
  freeze(): void {
    this.#final = true;
    for (const { tailer } of this.#turns.values()) tailer.freeze();
    this.callAll();
  }

  /** Gives turns until one has a batch or a few had nothing. */
  step(): TailStep {
    this.#callCrowd();
    let looks = 0;
    for (const turn of this.#due) {
      this.#due.delete(turn);
      const { batch, more, wantsRoom } = turn.tailer.read(this.#final);
      if (more) this.#due.add(turn);
      if (wantsRoom) this.#crowd.add(turn);
      this.#notice(turn);
      if (batch) return { kind: "batch", batch };
      if (++looks >= LOOKS_PER_STEP || more) break;
    }
    this.#callCrowd();
    return { kind: this.#due.size > 0 ? "busy" : "idle" };
  }

  /** Counted from the first time on, which makes numbers that take no memory of their own. */
  #slotOf(now: number): number {
    this.#begin ??= now;
    return Math.floor((now - this.#begin) / SLOT_MS);
  }

  #notice(turn: Turn): void {
    if (turn.tailer.gone) this.#gone.add(turn);
    if (turn.slot === undefined || turn.tailer.isQuiet) return;
    turn.slot = undefined;
    this.#lively.add(turn);
  }

  /** Those that had their turns may have made room. */
  #callCrowd(): void {
    let room = this.#register.room;
    for (const turn of this.#crowd) {
      if (room-- <= 0) return;
      this.#crowd.delete(turn);
      this.#due.add(turn);
    }
  }

  /** Lets all paths go. */
  [Symbol.dispose](): void {
    for (const key of [...this.#turns.keys()]) this.remove(key);
  }
}
