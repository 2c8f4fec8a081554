/**
 * Follows live events by many subscriptions, and says how old events are when they come: the other end
 * of the live bench, a process of its own. Arguments: port, number of subscriptions, the timestamp from
 * which events are followed. Timestamps are the time of sending.
 *
 * Prints `following` when all have begun. Each line of standard input begins another measurement and
 * prints the figures of the one before, as JSON. Ends with standard input.
 */
import { live } from "../../lib/client/live.ts";
import { Latencies } from "./latencies.ts";

const [port = "", count = "", start = ""] = Deno.args;

let latencies = new Latencies();
let connected = 0;

function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function follow(signal: AbortSignal): Promise<void> {
  const options = {
    port: Number(port),
    signal,
    onNotice({ kind }: { readonly kind: string }): void {
      if (kind === "gap") latencies.gaps++;
      if (kind === "connected" && ++connected === Number(count)) report("following");
    },
  };
  for await (const events of live(options, { start: Number(start) }).batches()) {
    const nowMs = performance.timeOrigin + performance.now();
    for (const { timestamp } of events) latencies.add(nowMs - timestamp * 1000);
  }
}

const ending = new AbortController();
const followers = Array.from({ length: Number(count) }, () => follow(ending.signal));
let text = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  text += chunk;
  while (text.includes("\n")) {
    text = text.slice(text.indexOf("\n") + 1);
    report(JSON.stringify(latencies.figures()));
    latencies = new Latencies();
  }
}
ending.abort();
await Promise.allSettled(followers);
