import { exists } from "../../exists.ts";
import { gzipSync } from "node:zlib";
import type { Random } from "../../random.ts";
import type { Workbench } from "../workbench.ts";

/** How a {@linkcode RacingLog} is rotated. */
export const RACING_WAYS = [
  "chain",
  "chain, compressed",
  "chain, compressed later",
  "dates",
  "dates, compressed",
  "copied",
  "copied, compressed",
] as const;

/** One of {@linkcode RACING_WAYS}. */
export type RacingWay = (typeof RACING_WAYS)[number];

/** Lines that go to the old file until its writer opens the new one. */
const MAX_LATE_LINES = 3;

/**
 * A log of numbered lines that is rotated as logrotate does it: in steps, between any two of which others
 * look at its files.
 */
export class RacingLog {
  /** What was written. */
  readonly lines: string[] = [];
  /** What was done. */
  readonly trace: string[] = [];
  readonly #files: Workbench;
  readonly #random: Random;
  readonly #way: RacingWay;
  #writer: Deno.FsFile | undefined;
  #rotation: Iterator<string> | undefined;
  #rotations = 0;
  /** Between a copy and a truncation nobody writes, or it would be destroyed. */
  #isHeld = false;
  /** The writer has the old file. */
  #isLate = false;

  constructor(files: Workbench, random: Random, way: RacingWay) {
    this.#files = files;
    this.#random = random;
    this.#way = way;
    this.write();
  }

  /** Writes a line, or goes on with a rotation. */
  step(): void {
    if (this.#random.chance(0.1)) this.#files.waitForTick();
    if (this.#rotation === undefined && this.#random.chance(0.3)) this.#rotation = this.#rotate();
    if (this.#rotation === undefined || (!this.#isHeld && this.#random.chance(0.1))) {
      return this.write();
    }
    const { done, value } = this.#rotation.next();
    if (done) this.#rotation = undefined;
    else this.trace.push(value);
  }

  /** Ends the rotation that goes on. */
  settle(): void {
    while (this.#rotation !== undefined) this.step();
  }

  /** Lets the writer notice that its file was rotated, which does not take it long. */
  noticeRotation(): void {
    while (this.#isLate) this.step();
  }

  write(): void {
    const line = `line ${this.lines.length} ${"x".repeat(this.#random.below(20))}`;
    this.lines.push(line);
    this.trace.push(`write ${this.lines.length - 1}`);
    this.#writer ??= Deno.openSync(this.#files.at("log"), { append: true, create: true });
    this.#writer.writeSync(new TextEncoder().encode(`${line}\n`));
  }

  /** Lets the file go that is written. */
  close(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  *#rotate(): Generator<string> {
    const [kind = "", compressed] = this.#way.split(", ");
    const count = ++this.#rotations;
    // Two rotations are never as near to one another as the clock of the file system is coarse.
    this.#files.waitForTick();
    const name = kind === "dates" ? `log-${20240100 + count}` : "log.1";
    // What it was before its writer noticed.
    const { mtime } = Deno.statSync(this.#files.at("log"));
    if (kind !== "dates") yield* this.#shift();
    if (compressed === "compressed later" && count > 1) {
      yield* this.#compress("log.2", Deno.statSync(this.#files.at("log.2")).mtime);
    }
    if (kind === "copied") yield* this.#copy(name);
    else yield* this.#rename(name);
    if (compressed === "compressed") yield* this.#compress(name, mtime);
  }

  *#shift(): Generator<string> {
    for (let age = this.#rotations - 1; age >= 1; age--) {
      for (const ending of ["", ".gz"]) {
        const [from, to] = [`log.${age}${ending}`, `log.${age + 1}${ending}`];
        if (!exists(this.#files.at(from))) continue;
        this.#files.rename(from, to);
        yield `${from} to ${to}`;
      }
    }
  }

  *#rename(name: string): Generator<string> {
    this.#files.rename("log", name);
    this.#isLate = true;
    yield `log to ${name}`;
    // Its writer may have made it already.
    this.#files.append("log", "");
    yield "log made";
    for (let left = this.#random.below(MAX_LATE_LINES); left > 0; left--) {
      this.write();
      yield `late to ${name}`;
    }
    this.close();
    this.#isLate = false;
    yield "opened anew";
  }

  *#copy(name: string): Generator<string> {
    this.#isHeld = true;
    const bytes = Deno.readFileSync(this.#files.at("log"));
    this.#files.write(name, "");
    yield `${name} made`;
    const half = this.#random.below(bytes.length);
    this.#files.append(name, bytes.subarray(0, half));
    yield `${half} bytes copied to ${name}`;
    this.#files.append(name, bytes.subarray(half));
    yield `copied to ${name}`;
    Deno.truncateSync(this.#files.at("log"), 0);
    this.#isHeld = false;
    yield "truncated";
  }

  *#compress(name: string, mtime: Date | null): Generator<string> {
    const bytes = gzipSync(Deno.readFileSync(this.#files.at(name)));
    this.#files.write(`${name}.gz`, "");
    yield `${name}.gz made`;
    const half = this.#random.below(bytes.length);
    this.#files.append(`${name}.gz`, bytes.subarray(0, half));
    yield `${half} bytes of ${name}.gz`;
    this.#files.append(`${name}.gz`, bytes.subarray(half));
    yield `${name}.gz whole`;
    if (mtime !== null) Deno.utimeSync(this.#files.at(`${name}.gz`), mtime, mtime);
    yield `${name}.gz has its time`;
    this.#files.remove(name);
    yield `${name} removed`;
  }
}
