/**
 * Saves numbered batches into the store whose URL is the first argument and prints the number of each
 * when it is acknowledged, until it is killed. The second argument is the number to begin with; the
 * third one, if there is any, the age in seconds from which on retention drops events, and then nothing
 * is deleted besides.
 *
 * @module
 */
import { sleep } from "../../lib/base/backoff.ts";
import { openStore } from "../../lib/store/open_store.ts";
import type { RetentionClock } from "../../lib/store/sqlite/retention.ts";
import { EventWriteError } from "../../lib/store/store.ts";
import { crashBatch, crashBatchKeptBack } from "./crash_batches.ts";

const [url = "", first = "0", maxAge] = Deno.args;
const encoder = new TextEncoder();
let batch = Number(first);
const store = await openStore(
  url,
  maxAge === undefined ? {} : {
    retention: { maxAgeSeconds: Number(maxAge), clock: batchClock() },
  },
);
/** Batches are a second apart: the time is that of the batch saved last. */
function batchClock(): RetentionClock {
  return {
    now: () => (1e9 + batch) * 1000,
    every: () => ({ [Symbol.dispose]: () => {} }),
  };
}

/** Straight to the pipe: what was printed must not wait in this process when it is killed. */
function print(line: string): void {
  const bytes = encoder.encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Another program may take even the room that a store has just given up for a deletion. */
async function whenThereIsRoom(change: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await change();
      return;
    } catch (error) {
      if (!(error instanceof EventWriteError && error.isDiskFull)) throw error;
      await sleep(20);
    }
  }
}

async function saveBatch(batch: number): Promise<void> {
  await whenThereIsRoom(() => store.save(crashBatch(batch)));
  print(`saved ${batch}`);
  if (maxAge !== undefined || crashBatchKeptBack(batch)) return;
  await whenThereIsRoom(() => store.delete(`batch-${batch}-first`));
  print(`deleted ${batch}`);
}

print("ready");
const inFlight = new Set<Promise<void>>();
for (;; batch++) {
  const saving = saveBatch(batch).finally(() => inFlight.delete(saving));
  inFlight.add(saving);
  if (inFlight.size >= 4) await Promise.race(inFlight);
}
