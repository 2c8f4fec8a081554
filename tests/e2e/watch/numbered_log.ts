/** Something after the number, so that lines have different lengths. */
const PADDING = "0123456789abcdef".repeat(10);

/**
 * A log file as a program writes it, through a handle that it keeps: its lines are numbered, so that
 * each one that is missing, doubled or in the wrong place shows.
 */
export class NumberedLog implements Disposable {
  readonly path: string;
  readonly #name: string;
  #file: Deno.FsFile | undefined;
  #count = 0;
  #rotations = 0;

  /** @param name What its lines begin with: no two logs of a test have the same. */
  constructor(path: string, name: string) {
    this.path = path;
    this.#name = name;
  }

  /** How many lines were written. */
  get count(): number {
    return this.#count;
  }

  /** The line of that number, without its line end. */
  line(number: number): string {
    return `${this.#name} ${number} ${PADDING.slice(0, (number * 37) % PADDING.length)}`;
  }

  /** Writes the next lines in one go. */
  write(lines: number): void {
    let text = "";
    for (const end = this.#count + lines; this.#count < end;) {
      text += `${this.line(this.#count++)}\n`;
    }
    this.#file ??= Deno.openSync(this.path, { append: true, create: true });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Lets the file go: the next lines go to the one that has the path then. */
  reopen(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /**
   * Renames it as logrotate does, `.1` being the youngest of the old ones; the next lines go to a new
   * file. Does nothing when nothing was written since the last time.
   */
  rotate(): void {
    if (this.#file === undefined) return;
    this.reopen();
    for (let age = this.#rotations++; age >= 1; age--) {
      Deno.renameSync(`${this.path}.${age}`, `${this.path}.${age + 1}`);
    }
    Deno.renameSync(this.path, `${this.path}.1`);
  }

  [Symbol.dispose](): void {
    this.reopen();
  }
}

/** Between two writes. */
const TICK_MS = 10;

/** How fast lines are written, and for how long. */
export interface Pace {
  readonly linesPerSecond: number;
  /** Asked before each write. */
  readonly goesOn: () => boolean;
  /** Asked then as well; what could not be written for a while is made up for. @default {yes} */
  readonly mayWrite?: () => boolean;
}

/** Writes lines at a steady pace, as far as the machine is fast enough. */
export async function writeSteadily(logs: readonly NumberedLog[], pace: Pace): Promise<void> {
  const started = performance.now();
  let written = 0;
  while (pace.goesOn()) {
    const due = Math.floor((performance.now() - started) / 1000 * pace.linesPerSecond);
    if (due > written && (pace.mayWrite?.() ?? true)) {
      for (const log of logs) log.write(due - written);
      written = due;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
