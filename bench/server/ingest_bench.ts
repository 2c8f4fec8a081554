import { Collector } from "../../lib/server/collector.ts";
import { type EventStore, SqliteStore } from "../../lib/store/mod.ts";
import { count, median, printTable } from "../table.ts";

const EVENTS = 300_000;
const ROUNDS = 5;

/**
 * How fast events are taken over a socket and made durable, beside a bare WebSocket server that
 * counts messages and drops them. The producer is another process.
 */
export async function benchIngest(): Promise<void> {
  const sink: number[] = [];
  const single: number[] = [];
  const packed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    sink.push(await measureSink());
    single.push(await measureCollector("theia.v0"));
    packed.push(await measureCollector("theia.v1"));
  }
  const base = median(sink);
  printTable(
    `ingest: ${count(EVENTS)} events of 130 bytes, one connection, median of ${ROUNDS} runs`,
    [
      ["", "events/s", "of the sink"],
      ["bare sink, a message each", count(base), "1.00"],
      ["default dialect, a message each, durable", count(median(single)), ratio(single, base)],
      ["theia.v1, packed, durable and acked", count(median(packed)), ratio(packed, base)],
    ],
  );
}

function ratio(rates: readonly number[], base: number): string {
  return (median(rates) / base).toFixed(2);
}

async function measureSink(): Promise<number> {
  const received = new Count(EVENTS);
  await using server = Deno.serve({ port: 0, hostname: "localhost", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = () => received.add(1);
    return response;
  });
  return await produce(server.addr.port, "theia.v0", received.reached);
}

async function measureCollector(dialect: "theia.v0" | "theia.v1"): Promise<number> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  try {
    await using store = await SqliteStore.open(`${directory}/events.db`);
    const saved = new Count(EVENTS);
    await using collector = await Collector.listen({ store: countSaves(store, saved), port: 0 });
    return await produce(
      collector.port,
      dialect,
      dialect === "theia.v0" ? saved.reached : undefined,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A number that somebody waits for. */
class Count {
  readonly #goal: number;
  readonly #reached = Promise.withResolvers<void>();
  #value = 0;

  constructor(goal: number) {
    this.#goal = goal;
  }

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  add(count: number): void {
    this.#value += count;
    if (this.#value >= this.#goal) this.#reached.resolve();
  }
}

/** The store, with its durable saves counted. */
function countSaves(store: EventStore, saved: Count): EventStore {
  return {
    get cursor() {
      return store.cursor;
    },
    async save(events, options) {
      const result = await store.save(events, options);
      saved.add(events.length);
      return result;
    },
    get: (id) => store.get(id),
    delete: (id) => store.delete(id),
    search: (criteria, options) => store.search(criteria, options),
    count: (criteria, options) => store.count(criteria, options),
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** Runs the producer; events per second from its start until `reached`, or else until it is done. */
async function produce(port: number, dialect: string, reached?: Promise<void>): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("./producer.ts", import.meta.url).pathname,
      `${port}`,
      dialect,
      `${EVENTS}`,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const started = Promise.withResolvers<number>();
  const done = Promise.withResolvers<number>();
  const reading = (async () => {
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes("start")) started.resolve(performance.now());
      if (text.includes("done")) done.resolve(performance.now());
    }
  })();
  const from = await started.promise;
  const to = reached === undefined
    ? await done.promise
    : await reached.then(() => performance.now());
  await done.promise;
  await child.stdin.close();
  await Promise.all([reading, child.status]);
  return EVENTS / ((to - from) / 1000);
}
