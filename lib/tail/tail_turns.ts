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

/** A path and when its turn comes though nothing hints at it. */
interface Turn {
  readonly tailer: Tailer;
  lookAt: number;
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
  readonly #due = new Set<Tailer>();
  readonly #register: Pick<FileRegister, "room">;
  /** Who waits for room to open its file. */
  readonly #crowd = new Set<Tailer>();
  #final = false;
  #added = 0;

  /** @param register Tells how many more files may be opened. */
  constructor(register: Pick<FileRegister, "room">) {
    this.#register = register;
  }

  /** Adds a path, unless there is one of this key; it is due at once. */
  add(key: string, create: () => Tailer): void {
    if (this.#turns.has(key)) return;
    const tailer = create();
    this.#turns.set(key, { tailer, lookAt: 0 });
    this.#due.add(tailer);
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
    const tailer = this.get(key);
    if (!tailer) return;
    this.#turns.delete(key);
    this.#due.delete(tailer);
    this.#crowd.delete(tailer);
    tailer[Symbol.dispose]();
  }

  /** Lets all paths be looked at. */
  callAll(): void {
    for (const { tailer } of this.#turns.values()) this.#due.add(tailer);
  }

  /**
   * Lets those paths be looked at whose time has come: that of a quiet one comes seldom.
   *
   * @param quietMs The time between two looks at a quiet path.
   */
  callDue(now: number, quietMs: number): void {
    for (const turn of this.#turns.values()) {
      if (now < turn.lookAt && turn.tailer.isQuiet) continue;
      this.#due.add(turn.tailer);
      this.#added++;
      turn.lookAt = now + quietMs * (0.5 + (this.#added * SPREAD) % 1);
    }
  }

  /** Lets one path be looked at; does nothing when there is none of this key. */
  call(key: string): void {
    const tailer = this.get(key);
    if (tailer) this.#due.add(tailer);
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
    for (const tailer of this.#due) {
      this.#due.delete(tailer);
      const { batch, more, wantsRoom } = tailer.read(this.#final);
      if (more) this.#due.add(tailer);
      if (wantsRoom) this.#crowd.add(tailer);
      if (batch) return { kind: "batch", batch };
      if (++looks >= LOOKS_PER_STEP || more) break;
    }
    this.#callCrowd();
    return { kind: this.#due.size > 0 ? "busy" : "idle" };
  }

  /** Those that had their turns may have made room. */
  #callCrowd(): void {
    let room = this.#register.room;
    for (const tailer of this.#crowd) {
      if (room-- <= 0) return;
      this.#crowd.delete(tailer);
      this.#due.add(tailer);
    }
  }

  /** Lets all paths go. */
  [Symbol.dispose](): void {
    for (const key of [...this.#turns.keys()]) this.remove(key);
  }
}
