import { Backoff } from "../../base/backoff.ts";
import { ConnectError } from "../../client/connect_error.ts";
import type { LiveNotice } from "../../client/notice.ts";
import { QueryError } from "../../client/query_error.ts";
import type { Criteria } from "../../event/criteria.ts";
import { NON_PERSISTENT } from "../../wire/messages.ts";
import { countHistogram } from "./count_histogram.ts";
import type { Effect, Report } from "./effect.ts";
import { BACKOFF, type Finder } from "./finder.ts";
import { loadPage, type PageRequest } from "./page_loader.ts";
import { FileExistsError, saveEvents } from "./save_events.ts";

/** After so long a frame is due, however many events come. */
const TURN_MS = 15;

/** The screen's part of what is to be done. */
export interface ScreenControl {
  copy(text: string): void;
  redraw(): void;
  suspend(): void;
  quit(): void;
}

/** What an {@linkcode EffectRunner} works with. */
export interface EffectRunnerParts {
  readonly finder: Finder;
  readonly screen: ScreenControl;
  readonly report: (report: Report) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type EffectOf<K extends Effect["kind"]> = Extract<Effect, { readonly kind: K }>;

/** Does what the model wants, beside the screen: nothing of it makes anybody wait. */
export class EffectRunner implements AsyncDisposable {
  readonly #parts: EffectRunnerParts;
  #scope = new AbortController();
  readonly #loads = new Map<number, AbortController>();
  readonly #saving = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #hasSaidNoCounts = false;
  #turnMs = 0;

  constructor(parts: EffectRunnerParts) {
    this.#parts = parts;
  }

  /** Begins to do something. */
  run(effect: Effect): void {
    switch (effect.kind) {
      case "follow":
        this.#scope.abort();
        this.#scope = new AbortController();
        return this.#start(this.#follow(effect, this.#scope.signal));
      case "load":
        return this.#start(this.#load(effect, this.#scope.signal));
      case "giveUp":
        return this.#loads.get(effect.load)?.abort();
      case "count":
        return this.#start(this.#count(effect, this.#scope.signal));
      case "labels":
        return this.#start(this.#labels(effect, this.#scope.signal));
      case "save":
        return this.#start(this.#save(effect, this.#saving.signal));
      case "copy":
        return this.#parts.screen.copy(effect.text);
      default:
        return this.#parts.screen[effect.kind]();
    }
  }

  /** Gives up all that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.abort();
    this.#saving.abort();
    await Promise.allSettled(this.#running);
  }

  #start(work: Promise<void>): void {
    this.#running.add(work);
    // What fails here is a fault of the program, which ends it.
    void work.finally(() => this.#running.delete(work));
  }

  async #follow({ scope, criteria }: EffectOf<"follow">, signal: AbortSignal): Promise<void> {
    const { report } = this.#parts;
    for (let hasFollowed = true; hasFollowed && !signal.aborted;) {
      hasFollowed = false;
      try {
        const onFollowing = () => {
          hasFollowed = true;
          report({ kind: "following", scope });
        };
        await this.#take(scope, criteria, signal, onFollowing);
      } catch (error) {
        if (signal.aborted) return;
        // What cannot go on where it was begins anew, and what is missing is loaded.
        if (!hasFollowed) report({ kind: "refused", scope, reason: reasonOf(error) });
      }
    }
  }

  async #take(
    scope: number,
    criteria: Criteria,
    signal: AbortSignal,
    onFollowing: () => void,
  ): Promise<void> {
    const { finder, report } = this.#parts;
    const onNotice = (notice: LiveNotice) => {
      if (!signal.aborted) this.#tell(notice);
    };
    for await (const events of finder.live(criteria, { signal, onNotice, onFollowing })) {
      if (signal.aborted) return;
      report({ kind: "arrived", scope, events });
      await this.#giveWay();
    }
  }

  #tell(notice: LiveNotice): void {
    const { report, now } = this.#parts;
    switch (notice.kind) {
      case "connecting":
        return;
      case "connected":
        return report({ kind: "connection", state: { kind: "connected" } });
      case "disconnected":
        this.#lostReason = notice.reason;
        return this.#tellLost(undefined);
      case "retrying":
        return this.#tellLost(now() + notice.delayMs);
      case "gap":
        if (!notice.replayed) report({ kind: "missed", count: notice.dropped });
    }
  }

  #lostReason = "";

  #tellLost(retryAtMs: number | undefined): void {
    const { report } = this.#parts;
    report({ kind: "connection", state: { kind: "lost", reason: this.#lostReason, retryAtMs } });
  }

  async #load({ load, request }: EffectOf<"load">, scope: AbortSignal): Promise<void> {
    const giving = new AbortController();
    this.#loads.set(load, giving);
    const signal = AbortSignal.any([scope, giving.signal]);
    const { report } = this.#parts;
    try {
      const isEnd = await untilDone(signal, () => this.#loadOnce(load, request, signal));
      report({ kind: "loaded", load, isEnd });
    } catch (error) {
      if (signal.aborted) return;
      const reason = reasonOf(error);
      // There is nothing to load from a collector that keeps nothing.
      if (reason.includes(NON_PERSISTENT)) report({ kind: "loaded", load, isEnd: true });
      else report({ kind: "loadFailed", load, reason });
    } finally {
      this.#loads.delete(load);
    }
  }

  async #loadOnce(load: number, request: PageRequest, signal: AbortSignal): Promise<boolean> {
    const { finder, report } = this.#parts;
    return await loadPage(finder, request, (events) => {
      if (!signal.aborted) report({ kind: "found", load, events });
    }, signal);
  }

  async #count(effect: EffectOf<"count">, signal: AbortSignal): Promise<void> {
    const { finder, report } = this.#parts;
    const { scope, criteria, stretches } = effect;
    try {
      const data = await untilDone(
        signal,
        () => countHistogram(finder, criteria, stretches, signal),
      );
      report({ kind: "counted", scope, data });
    } catch (error) {
      if (signal.aborted) return;
      const reason = this.#hasSaidNoCounts ? undefined : reasonOf(error);
      this.#hasSaidNoCounts = true;
      report({ kind: "countFailed", scope, reason });
    }
  }

  async #labels({ by }: EffectOf<"labels">, signal: AbortSignal): Promise<void> {
    const { finder, report } = this.#parts;
    let labels: readonly string[] = [];
    try {
      labels = await finder.labels(by, signal);
    } catch {
      // A collector that cannot count tells none; whoever types can do without.
    }
    report({ kind: "labels", by, labels });
  }

  async #save(effect: EffectOf<"save">, signal: AbortSignal): Promise<void> {
    const { finder, report } = this.#parts;
    const { path, overwrite, saved } = effect;
    const onProgress = (count: number) => report({ kind: "saving", count });
    try {
      const count = await saveEvents(finder, path, saved, { overwrite, signal, onProgress });
      report({ kind: "saved", path, count });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof FileExistsError) report({ kind: "saveExists", path, saved });
      else report({ kind: "saveFailed", reason: reasonOf(error) });
    }
  }

  /** Lets keys and frames in between events that come without a pause. */
  async #giveWay(): Promise<void> {
    if (performance.now() - this.#turnMs < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#turnMs = performance.now();
  }
}

/** Does it again when the connection is lost, until it succeeds. */
async function untilDone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const backoff = new Backoff(BACKOFF);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isLost(error)) throw error;
      await backoff.sleep(backoff.next(), signal);
    }
  }
}

function isLost(error: unknown): boolean {
  if (error instanceof ConnectError) return error.failure !== "protocol";
  return error instanceof QueryError && error.code !== undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
