/**
 * Saves numbered batches into the store whose URL is the first argument and prints the number of each when it
 * is acknowledged, until it is killed. The second argument is the number to begin with.
 *
 * @module
 */
import { openStore } from "../../lib/store/open_store.ts";
import { crashBatch, crashBatchKeptBack } from "./crash_batches.ts";

const [url = "", first = "0"] = Deno.args;
const encoder = new TextEncoder();
const store = await openStore(url);

/** Straight to the pipe: what was printed must not wait in this process when it is killed. */
function print(line: string): void {
  const bytes = encoder.encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

print("ready");
const inFlight = new Set<Promise<void>>();
for (let batch = Number(first);; batch++) {
  const saving = store.save(crashBatch(batch)).then(async () => {
    print(`saved ${batch}`);
    if (crashBatchKeptBack(batch)) return;
    await store.delete(`batch-${batch}-first`);
    print(`deleted ${batch}`);
  }).finally(() => inFlight.delete(saving));
  inFlight.add(saving);
  if (inFlight.size >= 4) await Promise.race(inFlight);
}
