import { type CheckpointChange, positionKey } from "./checkpoint_change.ts";

/** Whoever waits until what was changed is on disk. */
export interface DurabilityWaiter {
  /** It is. */
  resolve(): void;
  /** It will not be. */
  reject(reason: unknown): void;
}

/** Changes that are written together. */
export interface ChangeGroup {
  readonly changes: readonly CheckpointChange[];
  readonly waiters: readonly DurabilityWaiter[];
}

/** Changes that are not written yet: of several positions of a file only the last one. */
export class PendingChanges {
  readonly #changes = new Map<string, CheckpointChange>();
  #settled: number[] = [];
  #waiters: DurabilityWaiter[] = [];

  /** Whether there is nothing to write and nobody waits. */
  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.#settled.length === 0 && this.#waiters.length === 0;
  }

  /** Whether somebody waits. */
  get isUrgent(): boolean {
    return this.#waiters.length > 0;
  }

  /** Puts a change behind the others. */
  add(change: CheckpointChange): void {
    if (change.kind === "settled") {
      this.#settled.push(...change.ids);
      return;
    }
    const key = keyOf(change);
    this.#changes.delete(key);
    this.#changes.set(key, change);
  }

  /** Resolves when all that was added is on disk. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Takes all out. */
  take(): ChangeGroup {
    const changes = [...this.#changes.values()];
    if (this.#settled.length > 0) changes.push({ kind: "settled", ids: this.#settled });
    const waiters = this.#waiters;
    this.#changes.clear();
    this.#settled = [];
    this.#waiters = [];
    return { changes, waiters };
  }
}

function keyOf(change: Exclude<CheckpointChange, { kind: "settled" }>): string {
  switch (change.kind) {
    case "batch":
      return `batch ${change.batch.id}`;
    case "position":
      return `position ${positionKey(change.position)}`;
    case "source":
      return `source ${change.key}`;
  }
}
