import type { Criteria } from "../../lib/event/criteria.ts";
import type { Event } from "../../lib/event/event.ts";
import type { CountOptions } from "../../lib/store/store.ts";
import type { Random } from "../random.ts";
import { event, rawEvent } from "./fixtures.ts";

/** Few enough that ids come again, many enough that most are new. */
const IDS = 3000;
const SOURCES = ["", "/var/log/app.log", "/var/log/db.log", "sensor", "сенсор"];
const TAGS = ["web", "db", "eu", "日本"];
const WORDS = ["error", "ERROR", "disk", "full", "timeout", "größe", "🐞", "\n", "\0", "200"];
const CONTENTS = [
  "error",
  "(?i)error",
  "^disk",
  "full$",
  "dis.*out",
  "g.ö",
  "\\d+",
  "(?!x)disk",
  "zzz",
  "",
];
const SOURCE_PATTERNS = ["/var", ".*log$", "sen", "с", "$", "(?!x)/var", ""];
const TAG_PATTERNS = [...TAGS, "", "e.|web", ".*", "w", "(?i)WEB"];
const LIMITS = [0, 1, 10, 3000];

/** More events than a block takes. */
const BULK_EVENTS = 7000;

/** Contents of which a few seal the journal by their bytes. */
const LARGE_BYTES = 400 << 10;

/** Times before the present at which late events lie: about thirty years. */
const LATE_SECONDS = 1e9;

/** What a batch is to look like. */
export type BatchKind = "small" | "bulk" | "late" | "large";

/** Random events and criteria, whose time goes on. */
export class ModelChoices {
  readonly random: Random;
  #now = 1e9;

  constructor(random: Random) {
    this.random = random;
  }

  /** The present, in seconds. */
  get now(): number {
    return this.#now;
  }

  id(): string {
    return `id-${this.random.below(IDS)}`;
  }

  /** Small ones are of few ids and timestamps, so that duplicates within and across calls are common. */
  batch(kind: BatchKind): Event[] {
    const { random } = this;
    const spread = random.pick([1, 10, 1000]);
    this.#now += random.below(100);
    const make = (id: string, content?: string) => this.#event(id, spread, 0.05, content);
    switch (kind) {
      case "small": {
        const length = random.chance(0.5) ? random.below(4) : random.below(300);
        return Array.from({ length }, () => make(this.id()));
      }
      case "bulk": {
        const length = 1000 + random.below(BULK_EVENTS - 1000);
        return Array.from({ length }, (_, i) => make(`bulk-${i}`));
      }
      case "late":
        return Array.from({ length: random.below(100) }, () => this.#event(this.id(), spread, 1));
      case "large":
        return Array.from({ length: 1 + random.below(4) }, () => {
          const size = random.below(LARGE_BYTES);
          return make(this.id(), `${random.pick(WORDS)} ${"x".repeat(size)}`);
        });
    }
  }

  /** Any of the keys but `since`, which stores number differently. */
  criteria(): Criteria {
    const { random } = this;
    const criteria: { -readonly [K in keyof Criteria]: Criteria[K] } = {};
    if (random.chance(0.4)) criteria.start = this.#now - random.below(300) + 0.25;
    if (random.chance(0.4)) criteria.end = random.chance(0.1) ? 0 : this.#now - random.below(200);
    if (random.chance(0.3)) criteria.content = random.pick(CONTENTS);
    if (random.chance(0.2)) criteria.source = random.pick(SOURCE_PATTERNS);
    if (random.chance(0.25)) {
      const length = 1 + random.below(2);
      criteria.tags = Array.from({ length }, () => random.pick(TAG_PATTERNS));
    }
    if (random.chance(0.15)) criteria.id = random.pick([`id-${random.below(30)}`, ".*-7$", "bulk"]);
    if (random.chance(0.5)) criteria.order = random.pick(["asc", "desc"] as const);
    if (random.chance(0.3)) criteria.limit = random.pick(LIMITS);
    return criteria;
  }

  countOptions(): CountOptions {
    const { random } = this;
    const options: { -readonly [K in keyof CountOptions]: CountOptions[K] } = {};
    // Late events are spread over 1e9 seconds, and there may be some thousand of them.
    if (random.chance(0.7)) options.interval = random.pick([0.25, 0.3, 1, 60, 1000, 1e9, 1e12]);
    if (random.chance(0.6)) options.by = random.pick(["source", "tag"] as const);
    if (random.chance(0.3)) options.top = random.below(4);
    return options;
  }

  #event(id: string, spread: number, lateness: number, large?: string): Event {
    const { random } = this;
    const late = random.chance(lateness) ? random.below(LATE_SECONDS) : 0;
    const timestamp = this.#now - late + random.below(spread) / 4;
    const words = Array.from({ length: random.below(6) }, () => random.pick(WORDS));
    const content = large ?? words.join(" ");
    if (random.chance(0.05)) {
      const header = `X-Odd: ${random.below(9)}\r\nid: ${id}\r\ntimestamp:${timestamp}\n`;
      return rawEvent(header, content);
    }
    const tags = TAGS.filter(() => random.chance(0.3));
    return event(id, { timestamp, source: random.pick(SOURCES), tags, content });
  }
}
