import { join } from "node:path";
import { crc32 } from "node:zlib";
import { EventStoreError } from "../store.ts";
import type { DataFile } from "./data_file.ts";
import { readContents } from "./file_contents.ts";
import { readIndex } from "./file_index.ts";
import { Journal } from "./journal.ts";
import { INDEX_NAME, parseFileName } from "./names.ts";

/** How often a file with a fault is looked at again while it changes: a collector may be writing it. */
const MAX_LOOKS = 20;

/** How long a collector gets to finish what a look has seen half of. */
const LOOK_MS = 20;

/** A file that was looked at. */
export interface VerifiedFile {
  /** Its name in the directory. */
  readonly file: string;
  /** Sound events in it. */
  readonly events: number;
  /** What is wrong with it, each with its place; empty when it is sound. */
  readonly faults: readonly string[];
}

/** What there is to verify. */
export interface DirectoryVerification {
  /** How many files there are. */
  readonly files: number;
  /** Reads and checks one file after another. */
  readonly run: () => AsyncGenerator<VerifiedFile>;
}

/**
 * Checks every data file of a directory: that it holds events and nothing else, and that it is as the
 * index says. It only reads, so a collector may have the directory open.
 *
 * @throws {EventStoreError} When there is no such directory, or it cannot be read.
 */
export async function verifyDirectory(directory: string): Promise<DirectoryVerification> {
  const names = await listDataFiles(directory);
  return {
    files: names.length,
    async *run() {
      yield* verifyIndex(directory);
      for (const name of names) {
        const verified = await verifyFile(directory, name);
        if (verified !== undefined) yield verified;
      }
    },
  };
}

/** @throws {EventStoreError} When it is none, or cannot be read: opening must not make one. */
export async function assertDirectory(path: string): Promise<void> {
  await listDataFiles(path);
}

async function listDataFiles(directory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (!isDirectory && parseFileName(name) !== undefined) names.push(name);
    }
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "there is no such directory"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new EventStoreError(`Cannot open store '${directory}': ${reason}`, { cause });
  }
  return names.sort();
}

async function* verifyIndex(directory: string): AsyncGenerator<VerifiedFile> {
  const { damagedLines } = await readIndex(directory);
  if (damagedLines.length === 0) return;
  const faults = damagedLines.map((line) => `line ${line} is damaged; it will be found out anew`);
  yield { file: INDEX_NAME, events: 0, faults };
}

/** Undefined for a file that is gone. */
async function verifyFile(directory: string, name: string): Promise<VerifiedFile | undefined> {
  let before: number | undefined;
  for (let look = 1;; look++) {
    const pending = await pendingFiles(directory);
    const known = (await readIndex(directory)).files.get(name);
    const bytes = await readIfThere(join(directory, name));
    if (bytes === undefined) return undefined;
    const contents = readContents(bytes);
    const faults = contents.damages.map(({ offset, bytes, reason }) =>
      `${bytes} bytes at byte ${offset} are no event: ${reason}`
    );
    // What the journal holds is completed when the directory is opened, if not before.
    if (!pending.has(name)) {
      if (contents.tornAt !== undefined) {
        faults.push(`it ends within an event, at byte ${contents.tornAt}`);
      }
      faults.push(...compareWithIndex(bytes, known));
    }
    const hasChanged = before !== bytes.length;
    before = bytes.length;
    if (faults.length === 0 || look === MAX_LOOKS || (look > 1 && !hasChanged)) {
      return { file: name, events: contents.events.length, faults };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function compareWithIndex(bytes: Uint8Array, known: DataFile | undefined): string[] {
  if (known === undefined) return [];
  if (bytes.length < known.size) {
    return [`it has ${bytes.length} bytes, its index says ${known.size}`];
  }
  if (crc32(bytes.subarray(0, known.size)) === known.crc) return [];
  return [`its first ${known.size} bytes are not those that its index has the checksum of`];
}

/** The files whose changes may be in the journal alone. */
async function pendingFiles(directory: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { record } of await Journal.read(directory)) {
    for (const { file } of record.kind === "append" ? record.parts : record.files) names.add(file);
  }
  return names;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
