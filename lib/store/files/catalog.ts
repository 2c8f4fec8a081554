import { DataFile } from "./data_file.ts";
import { FILE_SECONDS, minuteFileName } from "./names.ts";

/** A file that touches more minutes than these is kept apart from the minutes. */
const MAX_MINUTES = 16;

/** The data files of a directory, to be found by time. Only what is known of them is in memory. */
export class Catalog {
  readonly #files = new Map<string, DataFile>();
  readonly #minutes = new Map<number, DataFile[]>();
  /** Files of many minutes: there are none but in directories that others have written. */
  readonly #wide: DataFile[] = [];
  readonly #known = new Map<DataFile, readonly [first: number, last: number]>();

  /** All files, in no order. */
  get files(): Iterable<DataFile> {
    return this.#files.values();
  }

  get(name: string): DataFile | undefined {
    return this.#files.get(name);
  }

  add(file: DataFile): void {
    this.#files.set(file.name, file);
    this.update(file);
  }

  remove(file: DataFile): void {
    this.#files.delete(file.name);
    this.#forget(file);
  }

  /** To be called when the span of a file's events has changed. */
  update(file: DataFile): void {
    const { span, oldest, newest } = file;
    const first = Math.floor(Math.min(span.start, oldest) / FILE_SECONDS);
    const last = Math.floor(Math.max(span.end - 1, newest) / FILE_SECONDS);
    const known = this.#known.get(file);
    if (known !== undefined && known[0] <= first && known[1] >= last) return;
    this.#forget(file);
    this.#known.set(file, [first, last]);
    if (!(last - first < MAX_MINUTES)) {
      this.#wide.push(file);
      return;
    }
    for (let minute = first; minute <= last; minute++) {
      const files = this.#minutes.get(minute);
      if (files === undefined) this.#minutes.set(minute, [file]);
      else files.push(file);
    }
  }

  /** The files that may hold an event of this time. */
  mayHold(timestamp: number): DataFile[] {
    const files = this.#minutes.get(Math.floor(timestamp / FILE_SECONDS)) ?? [];
    const all = this.#wide.length === 0 ? files : [...files, ...this.#wide];
    return all.filter(({ oldest, newest }) => oldest <= timestamp && timestamp <= newest);
  }

  /**
   * The file in which an event of this time goes: that of its minute, else one that covers the time by
   * its name, as those of Theia 0.9.2 do, else the file of the minute is to be made.
   */
  target(timestamp: number): DataFile {
    const name = minuteFileName(timestamp);
    const own = this.#files.get(name);
    if (own !== undefined) return own;
    const minute = this.#minutes.get(Math.floor(timestamp / FILE_SECONDS)) ?? [];
    return minute.find(({ span }) =>
      span.start <= timestamp && timestamp < span.end && span.end - span.start <= FILE_SECONDS
    ) ?? new DataFile(name);
  }

  #forget(file: DataFile): void {
    const known = this.#known.get(file);
    if (known === undefined) return;
    this.#known.delete(file);
    drop(this.#wide, file);
    if (!(known[1] - known[0] < MAX_MINUTES)) return;
    for (let minute = known[0]; minute <= known[1]; minute++) {
      const files = this.#minutes.get(minute);
      if (files === undefined) continue;
      drop(files, file);
      if (files.length === 0) this.#minutes.delete(minute);
    }
  }
}

function drop(files: DataFile[], file: DataFile): void {
  const at = files.indexOf(file);
  if (at >= 0) files.splice(at, 1);
}
