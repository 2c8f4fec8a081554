import assert from "node:assert/strict";
import type { Event } from "../../../lib/event/event.ts";

/** A piece of a line: of which content it is, and which one of that. */
const TOKEN = /<(\d+)\.(\d+)>/g;

/** What was written to one file from its beginning on. */
interface Content {
  /** How many tokens were written. */
  count: number;
  /** So many at the beginning must not come: they were there before the first start. */
  skipped: number;
  /** Those that need not come, as they were destroyed before anybody could read them. */
  readonly optional: Set<number>;
  /** Bytes of it were destroyed that may have been under way. */
  isDestroyed: boolean;
}

/** Knows what was written, and what a collector must have of it: each token once, those of a file in order. */
export class LogModel {
  readonly #contents: Content[] = [];
  /** Whether something was destroyed that may be reported as lost. */
  #mayHaveGaps = false;

  /** Begins a file. */
  open(): number {
    this.#contents.push({ count: 0, skipped: 0, optional: new Set(), isDestroyed: false });
    return this.#contents.length - 1;
  }

  /** The next token of a file. */
  token(id: number): string {
    return `<${id}.${this.#content(id).count++}>`;
  }

  /** What is in the file now must not come. */
  skip(id: number): void {
    const content = this.#content(id);
    content.skipped = content.count;
  }

  /** What of a file is not at the collector yet may be lost from now on. */
  destroy(id: number, events: readonly Event[]): void {
    this.#mayHaveGaps = true;
    const stored = new Set(tokensOf(events).filter((token) => token.id === id).map(({ n }) => n));
    const content = this.#content(id);
    content.isDestroyed = true;
    for (let n = content.skipped; n < content.count; n++) {
      if (!stored.has(n)) content.optional.add(n);
    }
  }

  /** Throws when something came that must not, or out of order. */
  checkSoFar(events: readonly Event[]): void {
    const torn = new Set(tokensOf(events.filter((event) => this.#isTorn(event))).map(nameOf));
    const tokens = tokensOf(events).filter((token) => !torn.has(nameOf(token)));
    for (const [id, content] of this.#contents.entries()) {
      checkCame(id, content, tokens.filter((token) => token.id === id).map(({ n }) => n));
    }
  }

  /** A group of two files, of which the first is gone: what is left may be sent once more. */
  #isTorn(event: Event): boolean {
    const ids = new Set(tokensOf([event]).map(({ id }) => id));
    return ids.size > 1 && [...ids].some((id) => this.#content(id).isDestroyed);
  }

  /** Throws when not all that must be there is, or too much. */
  check(events: readonly Event[]): void {
    const lines = events.filter((event) => !isGap(event));
    if (!this.#mayHaveGaps) assert.deepEqual(events.filter(isGap), []);
    for (const { content } of lines) {
      assert.equal(content.replace(TOKEN, "").trim(), "", `'${content}' is damaged`);
      const joined = content.split("\n").slice(1);
      assert.ok(joined.every((line) => line.startsWith(" ")), `'${content}' is no group`);
    }
    this.checkSoFar(lines);
    const tokens = tokensOf(lines);
    for (const [id, content] of this.#contents.entries()) {
      const came = tokens.filter((token) => token.id === id).map(({ n }) => n);
      checkMissing(id, content, came);
    }
  }

  #content(id: number): Content {
    const content = this.#contents[id];
    assert.ok(content);
    return content;
  }
}

function checkMissing(id: number, { count, skipped, optional }: Content, came: number[]): void {
  const due = Array.from({ length: count - skipped }, (_, index) => index + skipped);
  const seen = new Set(came);
  const missing = due.filter((n) => !seen.has(n) && !optional.has(n));
  assert.deepEqual(missing, [], `lost of file ${id}`);
}

function checkCame(id: number, { skipped }: Content, came: number[]): void {
  const doubled = came.filter((n, index) => came.indexOf(n) !== index);
  assert.deepEqual(doubled, [], `doubled of file ${id}`);
  assert.deepEqual(came.filter((n) => n < skipped), [], `not to be read of file ${id}`);
  assert.deepEqual(came, [...came].sort((a, b) => a - b), `out of order in file ${id}`);
}

function tokensOf(events: readonly Event[]): { readonly id: number; readonly n: number }[] {
  return events.flatMap(({ content }) =>
    [...content.matchAll(TOKEN)].map(([, id, n]) => ({ id: Number(id), n: Number(n) }))
  );
}

function nameOf({ id, n }: { readonly id: number; readonly n: number }): string {
  return `${id}.${n}`;
}

function isGap({ headers }: Event): boolean {
  return headers.some((header) => header.startsWith("gap: "));
}
