import type { Event } from "../../lib/event/event.ts";
import {
  createTailContext,
  type TailContext,
  type TailLimits,
} from "../../lib/tail/tail_context.ts";
import type { TailNotice } from "../../lib/tail/tail_notice.ts";
import { Tailer } from "../../lib/tail/tailer.ts";
import type { TailerOptions } from "../../lib/tail/tailer_options.ts";
import type { WatchedBatch } from "../../lib/tail/watched_batch.ts";
import { FakeScheduler } from "./fake_scheduler.ts";

/** A directory of its own, with the ways in which programs treat log files. */
export class Workbench implements Disposable {
  readonly directory: string = Deno.makeTempDirSync({ prefix: "tail-" });

  at(name: string): string {
    return `${this.directory}/${name}`;
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(this.at(name), text);
  }

  append(name: string, text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    Deno.writeFileSync(this.at(name), bytes, { append: true });
  }

  rename(from: string, to: string): void {
    Deno.renameSync(this.at(from), this.at(to));
  }

  remove(name: string): void {
    Deno.removeSync(this.at(name), { recursive: true });
  }

  /** Overwrites the bytes in place: the inode stays. */
  rewrite(name: string, text: string): void {
    Deno.truncateSync(this.at(name), 0);
    this.append(name, text);
  }

  copyTruncate(from: string, to: string): void {
    Deno.copyFileSync(this.at(from), this.at(to));
    Deno.truncateSync(this.at(from), 0);
  }

  link(target: string, name: string): void {
    const temporary = this.at(`${name}.link`);
    Deno.symlinkSync(this.at(target), temporary);
    Deno.renameSync(temporary, this.at(name));
  }

  /** Returns when what is written gets a later time of change than anything before. */
  waitForTick(): void {
    this.write("tick.tmp", "");
    const begin = Deno.statSync(this.at("tick.tmp")).mtime?.getTime();
    while (Deno.statSync(this.at("tick.tmp")).mtime?.getTime() === begin) {
      this.append("tick.tmp", ".");
    }
    this.remove("tick.tmp");
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** What is compressed is not there before other work gets a turn, which it does not within one look. */
const MAX_EMPTY_TURNS = 2000;

const SETTLING_TURNS = 20;

/** Settings of a {@linkcode Tailing}. */
export interface TailingOptions extends TailerOptions {
  readonly limits?: Partial<TailLimits>;
}

/** One path that is followed in fake time. */
export class Tailing implements Disposable {
  readonly scheduler: FakeScheduler = new FakeScheduler();
  readonly notices: TailNotice[] = [];
  readonly context: TailContext;
  readonly tailer: Tailer;

  constructor(path: string, options: TailingOptions = {}) {
    const { limits, ...rest } = options;
    this.context = createTailContext({
      ...(limits ? { limits } : {}),
      scheduler: this.scheduler,
      observer: (notice) => this.notices.push(notice),
      host: "test-host",
    });
    this.tailer = new Tailer(path, this.context, rest);
  }

  batches(final = false): WatchedBatch[] {
    const batches: WatchedBatch[] = [];
    for (let empty = 0; empty < MAX_EMPTY_TURNS; empty++) {
      const { batch, more } = this.tailer.read(final);
      if (batch) batches.push(batch);
      if (batch) empty = 0;
      if (!more) return batches;
    }
    return batches;
  }

  events(final = false): Event[] {
    return this.batches(final).flatMap((batch) => [...batch.events]);
  }

  /** What one look brings. */
  lines(final = false): string[] {
    return this.events(final).map((event) => event.content);
  }

  /** What a look brings after some time. */
  later(ms: number): string[] {
    this.scheduler.advance(ms);
    return this.lines();
  }

  /** What looks bring until there is no more for many turns: what is compressed comes in between. */
  async settled(final = false): Promise<string[]> {
    const lines: string[] = [];
    for (let quiet = 0; quiet < SETTLING_TURNS; quiet++) {
      const { batch, more } = this.tailer.read(final);
      lines.push(...batch?.events.map((event) => event.content) ?? []);
      if (more) quiet = 0;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return lines;
  }

  kinds(): string[] {
    return this.notices.map((notice) => notice.kind);
  }

  [Symbol.dispose](): void {
    this.tailer[Symbol.dispose]();
  }
}
