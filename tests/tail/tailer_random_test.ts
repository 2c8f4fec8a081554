import assert from "node:assert/strict";
import { firstSeed, Random } from "../random.ts";
import { Tailing, Workbench } from "./workbench.ts";

const IDLE_MS = 1000;
const LINGER_MS = 5000;
const SEEDS = 60;
const ACTIONS = 150;

interface Left {
  readonly name: string;
  readonly at: number;
}

/** Does something to a file and knows what lines that must bring. */
class Experiment implements Disposable {
  readonly tail: Tailing;
  readonly #bench = new Workbench();
  readonly #chance: Random;
  readonly #lineEnd: string;
  readonly #followsLink: boolean;
  #count = 0;
  /** What the file at hand is called; it has no name when it was deleted. */
  #file: string | undefined = "log";
  /** The path names the file at hand. */
  #inPlace = true;
  #held = "";
  #open = false;
  #changedAt: number;
  #left: Left | undefined;

  constructor(seed: number) {
    this.#chance = new Random(seed);
    this.#lineEnd = this.#chance.pick(["\n", "\r\n"]);
    this.#followsLink = this.#chance.below(3) === 0;
    this.#bench.write("log", "");
    if (this.#followsLink) this.#bench.link("log", "link");
    this.tail = new Tailing(this.#bench.at(this.#followsLink ? "link" : "log"));
    this.#changedAt = this.#now();
  }

  /** @returns The name of the action and the lines that the next look must bring. */
  act(): [string, string[]] {
    const actions: Record<string, (() => string[]) | undefined> = this.#inPlace
      ? {
        append: () => this.#append(),
        part: () => this.#part(),
        end: () => this.#end(),
        wait: () => this.#wait(),
        rename: () => this.#rename(1),
        renameTwice: () => this.#rename(this.#followsLink ? 1 : 2),
        renameAway: () => this.#moveAway(),
        copyTruncate: () => this.#copyTruncate(),
        rewrite: () => this.#rewrite(this.#text()),
        truncate: () => this.#rewrite(""),
        delete: () => this.#delete(),
        replace: () => this.#replace(),
        switch: this.#followsLink ? () => this.#switch() : undefined,
        late: this.#canWriteLate() ? () => this.#late() : undefined,
      }
      : {
        append: this.#file ? () => this.#append() : undefined,
        part: this.#file ? () => this.#part() : undefined,
        wait: () => this.#wait(),
        create: () => this.#create(),
        moveBack: this.#file ? () => this.#moveBack() : undefined,
      };
    const able = Object.entries(actions).filter(([, action]) => action !== undefined);
    const weighed = able.flatMap((entry) =>
      ["append", "part", "wait"].includes(entry[0]) ? [entry, entry, entry] : [entry]
    );
    const [name, action] = this.#chance.pick(weighed);
    return [name, action?.() ?? []];
  }

  /** The lines that a drained end must bring. */
  rest(): string[] {
    return this.#giveUp();
  }

  [Symbol.dispose](): void {
    this.tail[Symbol.dispose]();
    this.#bench[Symbol.dispose]();
  }

  #now(): number {
    return this.tail.scheduler.now();
  }

  /** All of one width, so that none is the beginning of another. */
  #token(): string {
    return String(this.#count++).padStart(6, "0") + (this.#count % 7 === 0 ? "é漢" : "");
  }

  #text(): string {
    let text = "";
    for (let i = this.#chance.below(4); i > 0; i--) {
      text += this.#chance.below(9) === 0 && text !== ""
        ? this.#lineEnd
        : this.#token() + this.#lineEnd;
    }
    return this.#chance.below(3) === 0 ? text + this.#token() : text;
  }

  #path(): string {
    assert.ok(this.#file);
    return this.#file;
  }

  /** What the file must bring when text is added to it. */
  #grow(text: string): string[] {
    if (text === "") return [];
    this.#changedAt = this.#now();
    const lines = (this.#held + text).split(this.#lineEnd);
    const isEnd = this.#open && this.#held === "" && text.startsWith(this.#lineEnd);
    this.#held = lines.pop() ?? "";
    if (lines.length > 0) this.#open = false;
    return isEnd ? lines.slice(1) : lines;
  }

  #giveUp(): string[] {
    const lines = this.#held === "" ? [] : [this.#held];
    this.#held = "";
    return lines;
  }

  #renew(): string[] {
    const lines = this.#giveUp();
    this.#open = false;
    this.#changedAt = this.#now();
    return lines;
  }

  #append(): string[] {
    const text = this.#text();
    this.#bench.append(this.#path(), text);
    return this.#grow(text);
  }

  #part(): string[] {
    const text = this.#token();
    this.#bench.append(this.#path(), text);
    return this.#grow(text);
  }

  #end(): string[] {
    this.#bench.append(this.#path(), this.#lineEnd);
    return this.#grow(this.#lineEnd);
  }

  #wait(): string[] {
    this.tail.scheduler.advance(this.#chance.pick([10, 500, 1000, 3000, 6000]));
    if (this.#now() - this.#changedAt < IDLE_MS || this.#held === "") return [];
    this.#open = true;
    return this.#giveUp();
  }

  #archive(): string {
    return `log.${1000 + this.#count++}`;
  }

  #rename(times: number): string[] {
    const lines: string[] = [];
    for (let i = 0; i < times; i++) {
      const to = this.#archive();
      const text = this.#text();
      this.#bench.rename(this.#path(), to);
      this.#bench.write(this.#path(), text);
      this.#left = { name: to, at: this.#now() };
      lines.push(...this.#renew(), ...this.#grow(text));
    }
    return lines;
  }

  #moveAway(): string[] {
    const to = this.#archive();
    this.#bench.rename(this.#path(), to);
    this.#file = to;
    this.#inPlace = false;
    return [];
  }

  #moveBack(): string[] {
    this.#bench.rename(this.#path(), "log");
    return this.#at("log");
  }

  #at(name: string): string[] {
    if (this.#followsLink) this.#bench.link(name, "link");
    if (this.#left?.name === name) this.#left = undefined;
    this.#file = name;
    this.#inPlace = true;
    return [];
  }

  #create(): string[] {
    if (this.#file) this.#left = { name: this.#file, at: this.#now() };
    const text = this.#text();
    this.#bench.write("log", text);
    this.#at("log");
    return [...this.#renew(), ...this.#grow(text)];
  }

  #copyTruncate(): string[] {
    this.#bench.copyTruncate(this.#path(), this.#archive());
    const lines = this.#renew();
    const text = this.#text();
    this.#bench.append(this.#path(), text);
    return [...lines, ...this.#grow(text)];
  }

  #rewrite(text: string): string[] {
    this.#bench.rewrite(this.#path(), text);
    return [...this.#renew(), ...this.#grow(text)];
  }

  #delete(): string[] {
    this.#bench.remove(this.#path());
    this.#file = undefined;
    this.#inPlace = false;
    return [];
  }

  #replace(): string[] {
    const text = this.#text();
    this.#bench.write("new", text);
    this.#bench.rename("new", this.#path());
    return [...this.#renew(), ...this.#grow(text)];
  }

  #switch(): string[] {
    const text = this.#text();
    const name = this.#archive();
    this.#left = { name: this.#path(), at: this.#now() };
    this.#bench.write(name, text);
    this.#at(name);
    return [...this.#renew(), ...this.#grow(text)];
  }

  #canWriteLate(): boolean {
    return this.#left !== undefined && this.#now() - this.#left.at < LINGER_MS;
  }

  #late(): string[] {
    const token = this.#token();
    this.#bench.append(this.#left?.name ?? "", token + this.#lineEnd);
    return [token];
  }
}

Deno.test("Tailer loses and doubles no line whatever happens to its file", () => {
  const first = firstSeed();
  for (let seed = first; seed < first + SEEDS; seed++) {
    using experiment = new Experiment(seed);
    const done: string[] = [];
    for (let i = 0; i < ACTIONS; i++) {
      const [name, expected] = experiment.act();
      done.push(name);
      const message = `THEIA_SEED=${seed}, action ${i}: ${done.slice(-12).join(", ")}`;
      assert.deepEqual(experiment.tail.lines(), expected, message);
    }
    assert.deepEqual(experiment.tail.lines(true), experiment.rest(), `THEIA_SEED=${seed}, end`);
  }
});
