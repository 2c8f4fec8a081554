import { extname } from "node:path";
import type { RawEvent } from "../../event/raw_event.ts";
import { NewFile } from "../new_file.ts";
import { csvFormat, type EventFormat, jsonFormat, rawFormat } from "../query/event_formats.ts";
import type { Saved } from "./effect.ts";
import type { Finder } from "./finder.ts";

/** Bytes that are gathered before they are written. */
const CHUNK_BYTES = 1 << 18;

/** The user is told how far it is after so many events. */
const TOLD_EVENTS = 10_000;

/** How a file is written, by the end of its name; any other is in Theia's text format. */
const FORMATS: ReadonlyMap<string, EventFormat> = new Map([
  ...[".json", ".jsonl", ".ndjson"].map((end) => [end, jsonFormat(false)] as const),
  [".csv", csvFormat(false)],
  ...[".log", ".txt"].map((end) => [end, rawFormat(false)] as const),
]);

/** What {@linkcode saveEvents} is told. */
export interface SaveOptions {
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  /** Is told how many events were written so far. */
  readonly onProgress: (count: number) => void;
}

/** The file exists, and is not to be overwritten. */
export class FileExistsError extends Error {
  override readonly name = "FileExistsError";
}

/**
 * Writes events into a file, which gets its name when all of them are in it: JSON lines, CSV, contents
 * alone or Theia's text format, by the end of the name.
 *
 * @returns How many.
 * @throws {FileExistsError} When there is such a file.
 */
export async function saveEvents(
  finder: Finder,
  path: string,
  saved: Saved,
  { overwrite, signal, onProgress }: SaveOptions,
): Promise<number> {
  assertAllowed(path);
  if (!overwrite && await exists(path)) throw new FileExistsError(`'${path}' exists already`);
  await using file = await NewFile.create(path, { replace: overwrite });
  const writer = new EventFileWriter(file, FORMATS.get(extname(path).toLowerCase()));
  const batches = saved.kind === "events" ? [saved.events] : finder.find(saved.criteria, signal);
  let told = 0;
  for await (const events of batches) {
    for (const event of events) writer.add(event);
    if (writer.isFull) await writer.flush();
    if (writer.count - told >= TOLD_EVENTS) onProgress(told = writer.count);
  }
  await writer.flush();
  await file.finish();
  return writer.count;
}

const encoder = new TextEncoder();

/** Gathers events as bytes. */
class EventFileWriter {
  readonly #file: NewFile;
  readonly #format: EventFormat | undefined;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  count = 0;

  constructor(file: NewFile, format: EventFormat | undefined) {
    this.#file = file;
    this.#format = format;
    if (format?.head !== undefined) this.#push(encoder.encode(`${format.head}\n`));
  }

  get isFull(): boolean {
    return this.#bytes >= CHUNK_BYTES;
  }

  add(event: RawEvent): void {
    this.count++;
    const line = this.#format?.line(event, false) ?? event.frame();
    if (typeof line === "string") return this.#push(encoder.encode(`${line}\n`));
    this.#push(new Uint8Array(line));
    if (this.#format !== undefined) this.#push(encoder.encode("\n"));
  }

  async flush(): Promise<void> {
    const bytes = new Uint8Array(await new Blob(this.#chunks).arrayBuffer());
    this.#chunks = [];
    this.#bytes = 0;
    await this.#file.write(bytes);
  }

  #push(bytes: Uint8Array<ArrayBuffer>): void {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }
}

/** A runtime that asks its user for permission would do it in the middle of the screen. */
function assertAllowed(path: string): void {
  for (const name of ["read", "write"] as const) {
    if (Deno.permissions.querySync({ name, path }).state === "granted") continue;
    throw new Error(`Cannot write file '${path}': start Deno with --allow-${name}`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}
