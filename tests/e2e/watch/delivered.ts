import assert from "node:assert/strict";
import { Query } from "../../../lib/client/query.ts";
import type { RawEvent } from "../../../lib/event/mod.ts";
import type { RunningProgram } from "../program.ts";
import { until } from "../until.ts";
import type { NumberedLog } from "./numbered_log.ts";

/** How many deviations a failure shows. */
const SHOWN = 5;

/** How much of each one. */
const SHOWN_CHARACTERS = 40;

/** Looking for the newest event costs a collector that is busy some milliseconds. */
const LOOK_MS = 50;

/** Far above what catching up takes on a busy machine. */
const PATIENCE_MS = 300_000;

/** The stored events of a source, in their order. */
export function storedOf(port: number, source: string): AsyncIterable<RawEvent> {
  return new Query("localhost", port).find({ source: exactly(source) });
}

/** What is stored of a source, in its order. */
export async function storedContents(port: number, source: string): Promise<string[]> {
  const contents: string[] = [];
  for await (const { content } of storedOf(port, source)) contents.push(content);
  return contents;
}

/**
 * Waits until the last line of each log is stored; as lines come in order, all are there then.
 *
 * @param watcher Must not end meanwhile; a failure shows what it says.
 */
export async function untilDelivered(
  port: number,
  logs: readonly NumberedLog[],
  watcher: RunningProgram,
  timeoutMs: number = PATIENCE_MS,
): Promise<void> {
  for (const log of logs) {
    if (log.count === 0) continue;
    const last = log.line(log.count - 1);
    const isThere = async () => {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (watcher.hasEnded) throw new Error("the watcher has ended");
      return await newestOf(port, log.path) === last;
    };
    try {
      await until(`line ${log.count - 1} of ${log.path}`, isThere, timeoutMs);
    } catch (error) {
      const newest = await newestOf(port, log.path);
      const said = watcher.stderr.tail;
      throw new Error(`The newest line is '${newest}'; the watcher says: ${said}`, {
        cause: error,
      });
    }
  }
}

/**
 * The newest line of a source; undefined when there is none or nobody answers.
 *
 * @param content What is found in the line.
 */
export async function newestOf(
  port: number,
  source: string,
  content = "",
): Promise<string | undefined> {
  const criteria = { source: exactly(source), content, order: "desc", limit: 1 } as const;
  try {
    for await (const { content } of new Query("localhost", port).find(criteria)) return content;
  } catch {
    // The collector is away for a moment.
  }
  return undefined;
}

/** Checks that each line of a log is stored once, and that they are in order. */
export async function assertDelivered(port: number, log: NumberedLog): Promise<void> {
  const ids = new Set<string>();
  const deviations: string[] = [];
  const times = new Map<string, number>();
  let at = 0;
  for await (const { id, content } of storedOf(port, log.path)) {
    ids.add(id);
    times.set(content, (times.get(content) ?? 0) + 1);
    if (content !== log.line(at) && deviations.length < SHOWN) {
      deviations.push(`${at}: ${content}`);
    }
    at++;
  }
  const lines = Array.from({ length: log.count }, (_, number) => log.line(number));
  const missing = lines.filter((line) => !times.has(line));
  const doubled = [...times].filter(([, count]) => count > 1).map(([line]) => line);
  const isFine = at === log.count && deviations.length + missing.length + doubled.length === 0;
  assert.ok(
    isFine,
    `${log.path}: ${at} events of ${log.count} lines; ${list("missing", missing)}; ` +
      `${list("doubled", doubled)}; ${list("deviations", deviations)}`,
  );
  assert.equal(ids.size, at, `ids of ${log.path}`);
}

function list(name: string, values: readonly string[]): string {
  return `${values.length} ${name} ${
    JSON.stringify(values.slice(0, SHOWN).map((value) => value.slice(0, SHOWN_CHARACTERS)))
  }`;
}

function exactly(text: string): string {
  return `${text.replace(/[.\\+*?()[\]{}|^$]/g, "\\$&")}$`;
}
