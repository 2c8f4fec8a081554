import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Workbench } from "../workbench.ts";

/** What outlives a rotation of bytes that nobody has read. */
export type Survival =
  /** All of them, under another name or in a copy. */
  | "always"
  /** Those of a file that the watcher has open. */
  | "while open"
  | "never";

/** A way in which programs put a new content at the path `log`. */
export interface RotationWay {
  readonly name: string;
  readonly survival: Survival;
  /** Makes the first file. */
  readonly create: (files: Workbench, content: Uint8Array) => void;
  readonly rotate: (files: Workbench, content: Uint8Array) => void;
}

/** Lines that make a file longer than it was. */
const FILLER = `${"z".repeat(64 * 1024 - 1)}\n`;

/** Tells a line that a rewritten file has only to be longer. */
export function isFiller(line: string): boolean {
  return /^z+$/.test(line);
}

const COMPRESSORS = { ".gz": gzipSync, ".zst": zstdCompressSync } as const;

function write(files: Workbench, name: string, content: Uint8Array): void {
  Deno.writeFileSync(files.at(name), content);
}

function create(files: Workbench, content: Uint8Array): void {
  write(files, "log", content);
}

function exists(files: Workbench, name: string): boolean {
  try {
    Deno.lstatSync(files.at(name));
    return true;
  } catch {
    return false;
  }
}

/** What follows a content, in its encoding, so that it is longer than so many bytes. */
function filler(content: Uint8Array, size: number): Uint8Array {
  const isUtf16 = content[0] === 0xff;
  const isEnded = content.at(isUtf16 ? -2 : -1) === 0x0a;
  const text = (isEnded ? "" : "\n") + FILLER.slice(-100).repeat(size < FILLER.length ? 1 : 0) +
    FILLER.repeat(Math.ceil(size / FILLER.length));
  const bytes = new TextEncoder().encode(text);
  return isUtf16 ? Uint8Array.from([...bytes].flatMap((byte) => [byte, 0])) : bytes;
}

/** The names `log.1`, `log.2` and so on become one more. */
function shift(files: Workbench, suffix = ""): void {
  let last = 0;
  while (exists(files, `log.${last + 1}${suffix}`)) last++;
  for (; last > 0; last--) files.rename(`log.${last}${suffix}`, `log.${last + 1}${suffix}`);
}

function firstFree(files: Workbench, name: (count: number) => string): string {
  let count = 1;
  while (exists(files, name(count))) count++;
  return name(count);
}

/** Compresses a file as programs do: the time of the last write stays. */
export function compress(files: Workbench, name: string, suffix: keyof typeof COMPRESSORS): void {
  const { mtime } = Deno.statSync(files.at(name));
  write(files, `${name}${suffix}`, COMPRESSORS[suffix](Deno.readFileSync(files.at(name))));
  if (mtime) Deno.utimeSync(files.at(`${name}${suffix}`), mtime, mtime);
  files.remove(name);
}

function renameTo(files: Workbench, name: string, content: Uint8Array): void {
  files.rename("log", name);
  create(files, content);
}

function dated(count: number): string {
  return `log-202405${String(count).padStart(2, "0")}`;
}

function renameAndCompress(
  files: Workbench,
  content: Uint8Array,
  suffix: keyof typeof COMPRESSORS,
): void {
  shift(files, suffix);
  renameTo(files, "log.1", content);
  compress(files, "log.1", suffix);
}

/** Every way. */
export const ROTATION_WAYS: readonly RotationWay[] = [
  {
    name: "renamed to rising numbers",
    survival: "always",
    create,
    rotate: (files, content) => renameTo(files, firstFree(files, (n) => `log.${n}`), content),
  },
  {
    name: "renamed in a chain",
    survival: "always",
    create,
    rotate(files, content) {
      shift(files);
      renameTo(files, "log.1", content);
    },
  },
  {
    name: "renamed to dates",
    survival: "always",
    create,
    rotate: (files, content) => renameTo(files, firstFree(files, dated), content),
  },
  {
    name: "renamed and gzipped",
    survival: "always",
    create,
    rotate: (files, content) => renameAndCompress(files, content, ".gz"),
  },
  {
    name: "renamed and zstd-compressed",
    survival: "always",
    create,
    rotate: (files, content) => renameAndCompress(files, content, ".zst"),
  },
  {
    name: "copied and truncated",
    survival: "always",
    create,
    rotate(files, content) {
      shift(files);
      files.copyTruncate("log", "log.1");
      files.append("log", content);
    },
  },
  {
    name: "switched by a link",
    survival: "always",
    create(files, content) {
      write(files, dated(1), content);
      files.link(dated(1), "log");
    },
    rotate(files, content) {
      const name = firstFree(files, dated);
      write(files, name, content);
      files.link(name, "log");
    },
  },
  {
    name: "deleted, its inode given to the next",
    survival: "while open",
    create,
    rotate(files, content) {
      files.remove("log");
      create(files, content);
    },
  },
  {
    name: "replaced by another",
    survival: "while open",
    create,
    rotate(files, content) {
      write(files, "new", content);
      files.rename("new", "log");
    },
  },
  {
    name: "rewritten beyond its old length",
    survival: "never",
    create,
    rotate(files, content) {
      const { size } = Deno.statSync(files.at("log"));
      Deno.truncateSync(files.at("log"), 0);
      files.append("log", content);
      files.append("log", filler(content, size));
    },
  },
];
