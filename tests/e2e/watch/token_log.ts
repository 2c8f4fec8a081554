import { exists } from "../../exists.ts";
import assert from "node:assert/strict";
import type { Random } from "../../random.ts";

/** Lines written in one go, at most. */
const MAX_LINES = 200;

const TOKEN = /<[^<>]*>/g;

/** Says of bytes that were destroyed before a kill, and maybe delivered, that nobody can tell. */
const GAP = /^\d+ bytes of '.*' from byte \d+ on are lost: .* or known to be stored$/;

/**
 * A log and the model of what must be delivered of it.
 *
 * It is written in tokens, each of them unique. A line has one or several, and becomes one event, or
 * several when it was unfinished for long enough; but no event has tokens of two lines, none is missing,
 * none comes twice, and all come in order.
 */
export class TokenLog {
  readonly name: string;
  readonly path: string;
  /** The file that is written: behind a link it is not the path. */
  #target: string;
  readonly #random: Random;
  readonly #lines: string[][] = [];
  #isLineOpen = false;
  #hasDestroyed = false;
  #tokens = 0;
  #targets = 0;

  /** @param isLinked Whether the path is a symbolic link to the file that is written. */
  constructor(directory: string, name: string, random: Random, isLinked: boolean) {
    this.name = name;
    this.path = `${directory}/${name}.log`;
    this.#target = this.path;
    this.#random = random;
    if (isLinked) this.switchLink();
  }

  /** Whether there is a file to do something to. */
  get exists(): boolean {
    return exists(this.path);
  }

  /** How many tokens were written. */
  get count(): number {
    return this.#tokens;
  }

  /** What was written last. */
  get lastToken(): string {
    return this.#lines.at(-1)?.at(-1) ?? "";
  }

  /** Finishes the unfinished line, if there is one, and adds some. */
  writeLines(): void {
    let text = "";
    if (this.#isLineOpen) text += `${this.#random.chance(0.5) ? this.#token() : ""}\n`;
    this.#isLineOpen = false;
    for (let left = this.#random.int(1, MAX_LINES); left > 0; left--) {
      text += `${this.#token()}${this.#random.chance(0.1) ? "\r\n" : "\n"}`;
      this.#isLineOpen = false;
    }
    this.#append(text);
  }

  /** Adds to the unfinished line, or begins one. */
  writePartOfLine(): void {
    this.#append(this.#token());
  }

  /** Renames it as logrotate does; the old ones get the next number. */
  rotate(): void {
    this.#shift();
    Deno.renameSync(this.path, `${this.path}.1`);
    this.#isLineOpen = false;
  }

  rotateAndCompress(): void {
    this.rotate();
    const { success } = new Deno.Command("gzip", { args: [`${this.path}.1`] }).outputSync();
    assert.ok(success, "gzip failed");
  }

  copyAndTruncate(): void {
    this.#shift();
    Deno.copyFileSync(this.path, `${this.path}.1`);
    this.#truncate();
  }

  /** Destroys what was not read. */
  truncate(): void {
    this.#truncate();
    this.#hasDestroyed = true;
  }

  /** Destroys what was not read. */
  delete(): void {
    Deno.removeSync(this.path);
    this.#isLineOpen = false;
    this.#hasDestroyed = true;
  }

  #truncate(): void {
    Deno.truncateSync(this.path, 0);
    this.#isLineOpen = false;
  }

  /** Lets the path lead to a new file. */
  switchLink(): void {
    this.#target = `${this.path}-${++this.#targets}`;
    Deno.writeTextFileSync(this.#target, "");
    const link = `${this.path}.new`;
    Deno.symlinkSync(this.#target, link);
    Deno.renameSync(link, this.path);
    this.#isLineOpen = false;
  }

  /** Checks the contents of all events, in their order. */
  assertDelivered(contents: readonly string[]): void {
    const expected = this.#lines.flatMap((line, number) =>
      line.map((token) => ({ token, number }))
    );
    let at = 0;
    for (const content of contents) {
      if (this.#hasDestroyed && GAP.test(content)) continue;
      const tokens = content.match(TOKEN) ?? [];
      const places = expected.slice(at, at + tokens.length);
      const isRight = tokens.length > 0 && tokens.join("") === content &&
        places.map(({ token }) => token).join("") === content &&
        new Set(places.map(({ number }) => number)).size === 1;
      if (!isRight) {
        const due = expected.slice(at, at + 3).map(({ token }) => shortened(token)).join(" ");
        const got = shortened(content);
        assert.fail(`${this.path}: '${got}' was delivered where these were due: ${due}`);
      }
      at += tokens.length;
    }
    const missing = expected.slice(at, at + 3).map(({ token }) => shortened(token));
    assert.deepEqual(missing, [], `the end of ${this.path} was not delivered`);
  }

  #token(): string {
    const padding = "x".repeat(this.#random.below(100));
    const token = `<${this.name} ${this.#tokens++} ${padding}>`;
    if (this.#isLineOpen) this.#lines.at(-1)?.push(token);
    else this.#lines.push([token]);
    this.#isLineOpen = true;
    return token;
  }

  #append(text: string): void {
    Deno.writeTextFileSync(this.#target, text, { append: true });
  }

  /** Makes place for the next `.1`, whether they are compressed or not. */
  #shift(): void {
    let oldest = 0;
    const find = (age: number) =>
      [".gz", ""].map((end) => `${this.path}.${age}${end}`).find(exists);
    while (find(oldest + 1) !== undefined) oldest++;
    for (let age = oldest; age >= 1; age--) {
      const name = find(age) ?? "";
      const next = name.replace(/\.\d+(\.gz)?$/, (_, end = "") => `.${age + 1}${end}`);
      Deno.renameSync(name, next);
    }
  }
}

function shortened(text: string): string {
  return text.replaceAll(/x{4,}/g, "…");
}
