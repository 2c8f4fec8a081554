import { concatInParts, freeBytes, lengthOf } from "../../base/bytes.ts";
import { isNoSpace } from "../../base/no_space.ts";
import type { Scheduler } from "../scheduler.ts";
import { toError } from "../tail_notice.ts";
import type { CheckpointChange } from "./checkpoint_change.ts";
import type { CheckpointContents } from "./checkpoint_contents.ts";
import { type CheckpointCopy, compareHealth } from "./checkpoint_copy.ts";
import type { CheckpointObserver } from "./checkpoint_notice.ts";
import { encodeChange } from "./checkpoint_record.ts";
import { takeSnapshot } from "./checkpoint_snapshot.ts";
import { type DurabilityWaiter, PendingChanges } from "./pending_changes.ts";

/** Sizes of files are multiples of this; so a checkpoint of some hundred files never grows. */
const SIZE_STEP = 64 << 10;

/** Room behind a snapshot below which files do not grow on a full disk, but wait: some records. */
const LEAST_ROOM = 4 << 10;

/** Time between two tries to write: room on the disk is used soon, and trying costs nothing. */
const RETRY_MS = 200;

/** How long an acknowledgement may wait for others before it is written: a lost one costs a resend. */
const SOON_MS = 100;

/** What a writer needs of its surroundings. */
export interface CheckpointSurroundings {
  readonly directory: string;
  readonly scheduler: Scheduler;
  readonly observer: CheckpointObserver;
  /** Positions that were not recorded for so long are forgotten. */
  readonly retainMs: number;
  /** Milliseconds since 1970 before which nothing is forgotten. */
  readonly expireFrom: number;
}

/**
 * Writes changes to both copies, in groups: what comes while one is synced waits for the next one.
 *
 * A group is appended to both at the same time. When there is no room behind, or appending failed, the
 * copies are written anew, one after the other, so that one is whole at any time.
 */
export class CheckpointWriter implements AsyncDisposable {
  readonly #contents: CheckpointContents;
  readonly #copies: readonly CheckpointCopy[];
  readonly #surroundings: CheckpointSurroundings;
  readonly #pending = new PendingChanges();
  readonly #closing = new AbortController();
  #lastNumber: number;
  #durableNumber: number;
  #isFailing = false;
  #isTimed = false;
  #running: Promise<void> | undefined;

  /**
   * @param lastNumber The greatest number in any line of the copies, which are on disk.
   */
  constructor(
    contents: CheckpointContents,
    copies: readonly CheckpointCopy[],
    lastNumber: number,
    surroundings: CheckpointSurroundings,
  ) {
    this.#contents = contents;
    this.#copies = copies;
    this.#lastNumber = lastNumber;
    this.#durableNumber = lastNumber;
    this.#surroundings = surroundings;
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** A change that is written soon. */
  add(change: CheckpointChange): void {
    this.#contents.apply(change);
    this.#pending.add(change);
    this.#writeSoon();
  }

  /** Resolves when all that was added is on disk. */
  flush(): Promise<void> {
    const done = this.#pending.wait();
    this.#start();
    return done;
  }

  /**
   * Writes both copies anew.
   *
   * @param signal Ends waiting for room.
   * @throws The error of the system when that is not for lack of room.
   */
  async renew(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      try {
        await this.#rewriteCopies();
        return this.#passed();
      } catch (error) {
        if (!isNoSpace(error)) throw error;
        this.#failed(error);
      }
      await this.#surroundings.scheduler.sleep(RETRY_MS, signal);
    }
  }

  /** Writes what there is; what cannot be written now is given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isClosed) {
      this.#closing.abort(new Error("Cannot record as the checkpoint is closed"));
      if (!this.#pending.isEmpty) this.flush().catch(() => {});
    }
    while (this.#running) await this.#running;
    for (const copy of this.#copies) copy[Symbol.dispose]();
  }

  #writeSoon(): void {
    if (this.#isTimed || this.#running || this.isClosed) return;
    this.#isTimed = true;
    this.#surroundings.scheduler.sleep(SOON_MS, this.#closing.signal).then(() => {
      this.#isTimed = false;
      if (!this.#pending.isEmpty) this.#start();
    });
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#pending.isUrgent) this.#start();
      else if (!this.#pending.isEmpty) this.#writeSoon();
    });
  }

  async #run(): Promise<void> {
    // What is recorded in the same turn goes into the same group.
    await Promise.resolve();
    do {
      const { changes, waiters } = this.#pending.take();
      await this.#write(changes, [...waiters]);
    } while (this.#pending.isUrgent);
  }

  async #write(changes: readonly CheckpointChange[], waiters: DurabilityWaiter[]): Promise<void> {
    try {
      if (!await this.#append(changes, waiters.length > 0)) await this.#rewrite(waiters);
      for (const waiter of waiters) waiter.resolve();
    } catch (error) {
      for (const waiter of waiters) waiter.reject(error);
    }
  }

  /** Appends a group to both copies; false when that is not possible. */
  async #append(changes: readonly CheckpointChange[], isSynced: boolean): Promise<boolean> {
    const first = this.#lastNumber + 1;
    const text = concatInParts(
      changes.map((change, at) => encodeChange(first + at, this.#durableNumber, change)),
    );
    if (this.#copies.some((copy) => copy.health !== "whole" || copy.room < lengthOf(text))) {
      text.forEach(freeBytes);
      return false;
    }
    const results = await Promise.allSettled(
      this.#copies.map((copy) => copy.append(text, isSynced)),
    );
    text.forEach(freeBytes);
    const failure = results.find((result) => result.status === "rejected");
    this.#lastNumber += changes.length;
    if (failure) {
      this.#failed(failure.reason);
      return false;
    }
    if (isSynced) this.#durableNumber = this.#lastNumber;
    return true;
  }

  /** Writes both copies anew, again and again until it is done. */
  async #rewrite(waiters: DurabilityWaiter[]): Promise<void> {
    const { scheduler } = this.#surroundings;
    for (;;) {
      // The contents have it already.
      waiters.push(...this.#pending.take().waiters);
      try {
        await this.#rewriteCopies();
        return this.#passed();
      } catch (error) {
        this.#failed(error);
        if (this.isClosed) throw this.#closing.signal.reason;
      }
      await scheduler.sleep(RETRY_MS, this.#closing.signal);
    }
  }

  async #rewriteCopies(): Promise<void> {
    const { scheduler, retainMs, expireFrom } = this.#surroundings;
    const now = scheduler.now();
    if (now >= expireFrom) this.#contents.expire(now - retainMs);
    const snapshot = await takeSnapshot(this.#contents, this.#lastNumber + 1, scheduler);
    const size = await this.#makeRoom(snapshot.length);
    // A number that may be on disk must not be used again, whatever becomes of this.
    this.#lastNumber = snapshot.lastNumber;
    const worstFirst = [...this.#copies].sort(compareHealth);
    let isSafe = worstFirst.some((copy) => copy.health !== "broken");
    for (const copy of worstFirst) {
      const text = snapshot.text(copy.size || size);
      if (isSafe && copy.size > 0) await copy.rewrite(text);
      else await copy.replace(text, copy.size || size);
      isSafe = true;
    }
    snapshot.free();
    this.#durableNumber = this.#lastNumber;
  }

  /** Makes the files long enough for a snapshot, if need be; returns how long a new one should be. */
  async #makeRoom(length: number): Promise<number> {
    const size = stepUp(length * 2 + LEAST_ROOM);
    if (this.#copies.every((copy) => copy.size >= stepUp(length * 1.5 + LEAST_ROOM))) return size;
    try {
      for (const copy of this.#copies) await copy.extend(size);
    } catch (error) {
      const isEnough = this.#copies.every((copy) => copy.size >= length + LEAST_ROOM);
      if (!isNoSpace(error) || !isEnough) throw error;
    }
    return size;
  }

  #failed(thrown: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const { directory, observer } = this.#surroundings;
    const kind = isNoSpace(thrown) ? "checkpoint-full" : "checkpoint-unwritable";
    observer({ kind, directory, error: toError(thrown) });
  }

  #passed(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    const { directory, observer } = this.#surroundings;
    observer({ kind: "checkpoint-recovered", directory });
  }
}

function stepUp(bytes: number): number {
  return Math.ceil(bytes / SIZE_STEP) * SIZE_STEP;
}
