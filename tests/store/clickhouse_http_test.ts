import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseAddress } from "../../lib/store/clickhouse/address.ts";
import { HttpClient } from "../../lib/store/clickhouse/http.ts";
import { within } from "./fixtures.ts";

/** So many pieces that the runtime has optimized what reads them, and keeps nothing that is not used. */
const PIECES = 20_000;

/** Longer than any pause of the server before it falls silent, on a slow machine as well. */
const TIMEOUT_MS = 3000;

const PATIENCE_MS = 60_000;

/** A server that sends its answer in pieces and then nothing, without an end. */
class SilentServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ended = new AbortController();
  readonly #cancelled = Promise.withResolvers<void>();

  constructor() {
    const { signal } = this.#ended;
    const options = { port: 0, hostname: "127.0.0.1", signal, onListen: () => {} };
    this.#server = Deno.serve(options, () => {
      let left = PIECES;
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (left-- > 0) controller.enqueue(new Uint8Array(10));
        else return this.#cancelled.promise;
      };
      return new Response(new ReadableStream({ pull, cancel: () => this.#cancelled.resolve() }));
    });
  }

  client(): HttpClient {
    const address = parseAddress(`clickhouse://127.0.0.1:${this.#server.addr.port}`);
    return new HttpClient(address.origins[0], address, TIMEOUT_MS);
  }

  /** Resolves when nobody reads the answer any more. */
  get cancelled(): Promise<void> {
    return this.#cancelled.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#server.finished;
  }
}

/** Has the runtime free whatever is not used. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}

/** Reads an answer until the server is silent; collects garbage before anything is made of that. */
async function readToSilence(
  client: HttpClient,
  signal: AbortSignal,
  onSilence: () => void,
): Promise<void> {
  let length = 0;
  for await (const piece of client.stream({ sql: "SELECT 1", signal })) {
    length += piece.length;
    if (length < 10 * PIECES) continue;
    setTimeout(() => {
      collectGarbage();
      onSilence();
    });
  }
}

Deno.test("HttpClient gives up a server that falls silent, whatever the runtime has forgotten", async () => {
  await using server = new SilentServer();
  const { signal } = new AbortController();
  const reading = readToSilence(server.client(), signal, () => {});
  await assert.rejects(within(PATIENCE_MS, reading, "giving up"), /did not answer within 3000 ms/);
  await within(PATIENCE_MS, server.cancelled, "the end of the request");
});

Deno.test("HttpClient ends a request by its signal, whatever the runtime has forgotten", async () => {
  await using server = new SilentServer();
  const stop = new AbortController();
  const reason = new Error("stopped by the test");
  const reading = readToSilence(server.client(), stop.signal, () => stop.abort(reason));
  await assert.rejects(within(PATIENCE_MS, reading, "stopping"), reason);
  await within(PATIENCE_MS, server.cancelled, "the end of the request");
});

Deno.test("HttpClient.stream ends the request of a loop that is left, whatever the runtime has forgotten", async () => {
  await using server = new SilentServer();
  let length = 0;
  for await (const piece of server.client().stream({ sql: "SELECT 1" })) {
    length += piece.length;
    if (length < 10 * PIECES) continue;
    // The garbage of earlier turns of the event loop only may be collected.
    await new Promise((resolve) => setTimeout(resolve));
    collectGarbage();
    break;
  }
  // That the answer is not left open is seen by the sanitizer of resources.
});
