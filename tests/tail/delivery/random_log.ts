import type { Workbench } from "../workbench.ts";
import type { Random } from "../../random.ts";
import type { LogModel } from "./log_model.ts";
import { compress } from "./rotation_ways.ts";

type Suffix = ".gz" | ".zst";

/** How a program rotates its file. */
export interface RotationHabit {
  /** `link`: the path is a link to a file with a date. */
  readonly names: "chain" | "rising" | "dates" | "link";
  readonly suffix: Suffix;
}

/** A file that has a name and is not written any more. */
interface Old {
  name: string;
  readonly id: number;
}

/** The file at the path `log` and its rotations: does to them what programs do, at random. */
export class RandomLog {
  /** What is at the path; nothing when it was deleted. */
  #current: number | undefined;
  readonly #files: Workbench;
  readonly #model: LogModel;
  readonly #random: Random;
  readonly #habit: RotationHabit;
  readonly #isGrouped: boolean;
  #old: Old[] = [];
  #count = 0;
  /** The last line has no end yet. */
  #isOpen = false;
  #target = "log";

  constructor(
    files: Workbench,
    model: LogModel,
    random: Random,
    habit: RotationHabit,
    isGrouped: boolean,
  ) {
    this.#files = files;
    this.#model = model;
    this.#random = random;
    this.#habit = habit;
    this.#isGrouped = isGrouped;
    this.create();
  }

  /** The content at the path. */
  get current(): number | undefined {
    return this.#current;
  }

  /** Whether there are rotations that could be compressed. */
  get hasPlainOld(): boolean {
    return this.#old.some(({ name }) => !isCompressed(name));
  }

  get hasOld(): boolean {
    return this.#old.length > 0;
  }

  get isLink(): boolean {
    return this.#habit.names === "link";
  }

  /** Puts a new file at the path. */
  create(): string {
    this.#current = this.#model.open();
    this.#isOpen = false;
    if (this.isLink) {
      this.#target = this.#dated();
      this.#files.write(this.#target, "");
      const note = this.write();
      this.#files.link(this.#target, "log");
      return `link to ${this.#target}, ${note}`;
    }
    this.#files.write("log", "");
    return this.#random.chance(0.3) ? "empty" : this.write();
  }

  /** Appends some lines. */
  write(): string {
    let text = "";
    for (let left = this.#random.int(1, 4); left > 0; left--) text += this.#line();
    this.#append(text);
    return text;
  }

  /** Appends a part of a line. */
  writePart(): string {
    const text = this.#begin() + this.#token();
    this.#isOpen = true;
    this.#append(text);
    return text;
  }

  /** Rotates by another name, so that nothing is destroyed. */
  rename(): string {
    if (this.isLink) {
      this.#keepAs(this.#target);
      return this.create();
    }
    const name = this.#oldName();
    this.#files.rename("log", name);
    this.#keepAs(name);
    // A program may write to it until it notices.
    return `${name}, ${this.create()}`;
  }

  /** Rotates by copying; what is in the file is in the copy as well. */
  copyTruncate(): string {
    const name = this.#oldName();
    this.#files.copyTruncate(this.#target, name);
    this.#keepAs(name);
    this.#current = this.#model.open();
    this.#isOpen = false;
    return `${name}, ${this.#random.chance(0.5) ? this.write() : "empty"}`;
  }

  /** The content is gone; another one is in the same file. */
  truncate(): string {
    Deno.truncateSync(this.#files.at(this.#target), 0);
    this.#current = this.#model.open();
    this.#isOpen = false;
    return this.#random.chance(0.7) ? this.write() : "empty";
  }

  /** The content is gone; another one, which is longer, is in the same file. */
  rewrite(): string {
    const { size } = Deno.statSync(this.#files.at(this.#target));
    Deno.truncateSync(this.#files.at(this.#target), 0);
    this.#current = this.#model.open();
    this.#isOpen = false;
    let text = "";
    while (text.length <= size) text += this.#line();
    this.#append(text);
    return `${text.length} bytes`;
  }

  /** Nothing is at the path. */
  remove(): string {
    this.#files.remove("log");
    if (this.isLink) this.#files.remove(this.#target);
    this.#current = undefined;
    return "";
  }

  /** Another file is moved to the path. */
  replace(): string {
    this.#current = this.#model.open();
    this.#isOpen = false;
    this.#target = "new.tmp";
    this.#files.write(this.#target, "");
    const note = this.write();
    this.#target = "log";
    this.#files.rename("new.tmp", "log");
    return note;
  }

  /** Compresses a rotation. */
  compressOld(): string {
    const old = this.#random.pick(this.#old.filter(({ name }) => !isCompressed(name)));
    compress(this.#files, old.name, this.#habit.suffix);
    old.name += this.#habit.suffix;
    return old.name;
  }

  /** Deletes the oldest rotation. */
  removeOld(): { readonly note: string; readonly id: number } {
    const [oldest, ...rest] = this.#old;
    if (oldest === undefined) throw new Error("Cannot delete a rotation as there is none");
    this.#old = rest;
    this.#files.remove(oldest.name);
    return { note: oldest.name, id: oldest.id };
  }

  /** Which content is the oldest rotation. */
  get oldest(): number | undefined {
    return this.#old[0]?.id;
  }

  #keepAs(name: string): void {
    if (this.#current !== undefined) this.#old.push({ name, id: this.#current });
  }

  #oldName(): string {
    if (this.#habit.names === "dates" || this.isLink) return this.#dated();
    if (this.#habit.names === "rising") return `log.${++this.#count}`;
    for (const old of this.#old) {
      const [, number, suffix] = /^log\.(\d+)(.*)$/.exec(old.name) ?? [];
      const name = `log.${Number(number) + 1}${suffix}`;
      this.#files.rename(old.name, name);
      old.name = name;
    }
    return "log.1";
  }

  #dated(): string {
    return `log-${20240101 + this.#count++}`;
  }

  #append(text: string): void {
    this.#files.append(this.#target, text);
  }

  #token(): string {
    if (this.#current === undefined) throw new Error("Cannot write as nothing is at the path");
    return this.#model.token(this.#current);
  }

  #begin(): string {
    return !this.#isOpen && this.#isGrouped && this.#random.chance(0.4) ? "  " : "";
  }

  #line(): string {
    let text = this.#begin() + this.#token();
    while (this.#random.chance(0.3)) text += this.#token();
    this.#isOpen = false;
    return `${text}\n`;
  }
}

function isCompressed(name: string): boolean {
  return name.endsWith(".gz") || name.endsWith(".zst");
}
