/**
 * Sends made-up events to a WebSocket and says how fast: the other end of the ingest bench, a process
 * of its own as a producer is. Arguments: port, dialect (`theia.v0` or `theia.v1`), number of events.
 *
 * Prints `start` when all is made and the sending begins, `done` when everything is acknowledged or,
 * in the default dialect, sent. Ends when standard input does.
 */
import { Client } from "../../lib/client/client.ts";
import { createEvent, serializeEvent, toRawEvent } from "../../lib/event/mod.ts";
import { CONTENT_130 } from "../sample.ts";

/** Bytes in the socket's buffer before the producer lets it drain. */
const MAX_BUFFERED_BYTES = 4 << 20;

const [port = "", dialect = "", total = ""] = Deno.args;

const events = Array.from({ length: Number(total) }, (_, i) =>
  createEvent({
    timestamp: 1.7e9 + i / 1e5,
    source: `/var/log/app-${i % 4}.log`,
    tags: ["host-1", "app"],
    content: CONTENT_130,
  }));

function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function sendOneByOne(): Promise<void> {
  const messages = events.map((event) => serializeEvent(event).slice());
  const socket = new WebSocket(`ws://localhost:${port}/event`);
  await new Promise((resolve) => socket.onopen = resolve);
  report("start");
  for (const [i, message] of messages.entries()) {
    socket.send(message);
    while (i % 256 === 0 && socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

async function sendAcknowledged(): Promise<void> {
  const raw = events.map(toRawEvent);
  await using client = await Client.connect({ host: "localhost", port: Number(port) });
  report("start");
  for (let at = 0; at < raw.length; at += 1000) {
    await client.ready();
    void client.send(raw.slice(at, at + 1000));
  }
  await client.flush();
}

await (dialect === "theia.v1" ? sendAcknowledged() : sendOneByOne());
report("done");
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit(0);
