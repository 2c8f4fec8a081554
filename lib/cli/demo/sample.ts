import { basename } from "node:path";
import { UsageError } from "../usage_error.ts";

/** Lines of a real log file, of which the last ones are appended to a copy of the ones before. */
export interface Sample {
  /** The path of the file, or words for people when there is none. */
  readonly name: string;
  /** What the copy is named. */
  readonly fileName: string;
  /** What is in the copy before anything is appended. */
  readonly head: string;
  /** The lines to append. */
  readonly lines: readonly string[];
}

/** Files that a machine is likely to have, the most telling first. */
const CANDIDATES = [
  "/var/log/dpkg.log",
  "/var/log/syslog",
  "/var/log/messages",
  "/var/log/alternatives.log",
  "/var/log/system.log",
];

/** For machines that have or show none. */
const BUILT_IN = `2026-11-22 06:00:01 startup archives unpack
2026-11-22 06:00:01 install tree:amd64 <none> 2.1.0-1
2026-11-22 06:00:02 status half-installed tree:amd64 2.1.0-1
2026-11-22 06:00:02 status unpacked tree:amd64 2.1.0-1
2026-11-22 06:00:02 startup packages configure
2026-11-22 06:00:02 configure tree:amd64 2.1.0-1 <none>
2026-11-22 06:00:03 status half-configured tree:amd64 2.1.0-1
2026-11-22 06:00:03 status installed tree:amd64 2.1.0-1
`;

/** Enough to see the way of events, few enough to be done in a moment. */
const MAX_LINES = 200;

/** No more than that is read of a large file. */
const MAX_BYTES = 1 << 20;

/** Longer lines would be cut by a watcher. */
const MAX_LINE_CHARACTERS = 10_000;

/**
 * Reads a sample.
 *
 * @param path The file to read; when it is not given, the first that can be read of those usual.
 * @throws {UsageError} When the file that was named cannot be read or holds no lines.
 */
export async function readSample(path: string | undefined): Promise<Sample> {
  if (path !== undefined) return await readNamed(path);
  for (const candidate of CANDIDATES) {
    const text = await readTail(candidate).catch(() => "");
    const sample = toSample(candidate, text);
    if (sample.lines.length > 0) return sample;
  }
  return toSample("built-in lines", BUILT_IN);
}

async function readNamed(path: string): Promise<Sample> {
  let text: string;
  try {
    text = await readTail(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot read log file '${path}': ${reason}`, { cause });
  }
  const sample = toSample(path, text);
  if (sample.lines.length === 0) {
    throw new UsageError(`Cannot use log file '${path}': it must have two lines or more`);
  }
  return sample;
}

/** The end of a file, as whole lines. */
async function readTail(path: string): Promise<string> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const isCut = size > MAX_BYTES;
  if (isCut) await file.seek(-MAX_BYTES, Deno.SeekMode.End);
  const text = await new Response(file.readable).text();
  return isCut ? text.slice(text.indexOf("\n") + 1) : text;
}

function toSample(name: string, text: string): Sample {
  const lines = text.split(/\r?\n/)
    .filter((line) => line.trim() !== "" && line.length <= MAX_LINE_CHARACTERS);
  const count = Math.min(MAX_LINES, Math.floor(lines.length / 2));
  const head = lines.slice(0, lines.length - count);
  return {
    name,
    fileName: name.startsWith("/") || name.includes(".") ? basename(name) : "demo.log",
    head: head.map((line) => `${line}\n`).join(""),
    lines: lines.slice(lines.length - count),
  };
}
