/**
 * Registers events in the database whose path is the first argument, from the session on that the second
 * one names, and prints each that it is told to be on disk, until it is killed. With a third argument,
 * that many events are kept.
 *
 * @module
 */
import { SqliteBackend } from "../../../lib/hat/mod.ts";
import { crashSession } from "./crash_events.ts";
import { idText } from "./fixtures.ts";

const [path = "", first = "1", maxEvents] = Deno.args;
const encoder = new TextEncoder();

/** Straight to the pipe: what was printed must not wait in this process when it is killed. */
function print(line: string): void {
  const bytes = encoder.encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

const backend = await SqliteBackend.open(path, {
  flushPeriodMs: 5,
  limits: maxEvents === undefined ? {} : { maxEvents: Number(maxEvents) },
});
backend.onFlushed((events) => {
  for (const event of events) print(idText(event));
});
for (let session = Number(first);; session++) {
  await backend.register(crashSession(session));
  if (session % 7 === 0) await backend.flush();
  if (session % 3 === 0) await new Promise((resolve) => setTimeout(resolve, session % 4));
}
