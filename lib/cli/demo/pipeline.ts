import { join } from "node:path";
import { sleep } from "../../base/backoff.ts";
import { Client } from "../../client/client.ts";
import { Query } from "../../client/query.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { Collector } from "../../server/collector.ts";
import { openStore } from "../../store/open_store.ts";
import { Watcher } from "../../tail/watcher.ts";
import { CountingStore } from "../counting_store.ts";
import { EventPush } from "../event_push.ts";
import type { Reporter } from "../reporter.ts";
import { TimeLimit } from "../time_limit.ts";
import type { Sample } from "./sample.ts";

/** What became of the lines of a sample. */
export interface Outcome {
  /** Where the collector listened. */
  readonly url: string;
  /** The file that was watched. */
  readonly path: string;
  /** Events that the watcher yielded. */
  readonly watched: number;
  /** Events that the store took. */
  readonly stored: number;
  /** Contents of the events that a find returned, in its order. */
  readonly found: readonly string[];
  /** Contents of the events that a live query saw, in its order. */
  readonly live: readonly string[];
}

/** Longest wait for each of: the watcher to see what is written, the live query to see what is stored. */
const WAIT_MS = 3_000;

/** Lines appended at a time, as a program would write them. */
const LINES_PER_WRITE = 20;

const POLL_MS = 5;

/**
 * Lets a sample go the whole way: appended to a file, watched, pushed, stored, found, seen live.
 *
 * @param signal Ends the waiting.
 */
export async function runPipeline(
  sample: Sample,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Outcome> {
  const directory = await Deno.makeTempDir({ prefix: "theia-demo-" });
  try {
    return await runIn(directory, sample, reporter, signal);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function runIn(
  directory: string,
  sample: Sample,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Outcome> {
  const path = join(directory, sample.fileName);
  await Deno.writeTextFile(path, sample.head);
  await using store = new CountingStore(
    await openStore(`sqlite:///${join(directory, "events.db").replaceAll("%", "%25")}`),
  );
  await using collector = await Collector.listen({ store, port: 0 });
  const { hostname, port } = collector;
  await using client = await Client.connect({ host: hostname, port });
  await using watcher = await Watcher.open({ files: [path], tags: ["demo"] });
  const push = new EventPush(client, reporter);
  const query = new Query(hostname, port);
  const live: string[] = [];
  // From the first event on, so that none is missed however soon it comes.
  await using _following = query.live({ since: 0 }, ({ content }) => void live.push(content));

  const pushing = pushAll(watcher, push);
  await append(path, sample.lines);
  const count = sample.lines.length;
  await waitUntil(() => push.counts.sent >= count, signal);
  watcher.drain();
  await pushing;
  await finish(push);
  await waitUntil(() => live.length >= count, signal);
  const events = await Array.fromAsync(query.find({}));
  return {
    url: `ws://${hostname}:${port}`,
    path,
    watched: push.counts.sent,
    stored: store.saved,
    found: events.map(({ content }: RawEvent) => content),
    live,
  };
}

async function pushAll(watcher: Watcher, push: EventPush): Promise<void> {
  for await (const { events } of watcher) await push.send(events);
}

async function finish(push: EventPush): Promise<void> {
  using limit = new TimeLimit(WAIT_MS);
  await push.finish(limit);
}

async function append(path: string, lines: readonly string[]): Promise<void> {
  for (let i = 0; i < lines.length; i += LINES_PER_WRITE) {
    const text = lines.slice(i, i + LINES_PER_WRITE).map((line) => `${line}\n`).join("");
    await Deno.writeTextFile(path, text, { append: true });
    await sleep(POLL_MS);
  }
}

async function waitUntil(condition: () => boolean, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (!condition() && performance.now() < endMs) await sleep(POLL_MS, signal);
}
