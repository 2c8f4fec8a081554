import { extname } from "node:path";
import { serializeEvent } from "../../event/text_format.ts";
import { LineOutput } from "../line_output.ts";
import { NewFile } from "../new_file.ts";
import { csvFormat, type EventFormat, jsonFormat, rawFormat } from "../query/event_formats.ts";
import type { Saved } from "./effect.ts";
import type { Finder } from "./finder.ts";

/** The user is told how far it is after so many events. */
const TOLD_EVENTS = 10_000;

/** Theia's text format; the newline at the end of an event is the one that follows a line. */
const THEIA_FORMAT: EventFormat = { line: (event) => serializeEvent(event).subarray(0, -1) };

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
  const format = FORMATS.get(extname(path).toLowerCase()) ?? THEIA_FORMAT;
  const output = new LineOutput(file);
  if (format.head !== undefined) output.add(format.head);
  const batches = saved.kind === "events" ? [saved.events] : finder.find(saved.criteria, signal);
  let count = 0;
  let told = 0;
  for await (const events of batches) {
    for (const event of events) {
      const line = format.line(event, false);
      if (typeof line === "string") output.add(line);
      else output.addBytes(line);
      if (output.isFull) await output.flush();
    }
    count += events.length;
    if (count - told >= TOLD_EVENTS) onProgress(told = count);
  }
  await output.flush();
  await file.finish();
  return count;
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
