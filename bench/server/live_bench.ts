import { fileURLToPath } from "node:url";
import { Client } from "../../lib/client/client.ts";
import { createEvent } from "../../lib/event/mod.ts";
import { CollectorProgram } from "../../tests/e2e/collector_program.ts";
import { OPCODE, RawSocket } from "../../tests/e2e/raw_socket.ts";
import { CONTENT_130 } from "../sample.ts";
import { count, median, printTable } from "../table.ts";
import type { LatencyFigures } from "./latencies.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const SUBSCRIBERS = 100;
const EVENTS_PER_SECOND = 1000;
const TICK_MS = 10;

/** Rounds of a measurement without and one with a stalled subscriber. */
const ROUNDS = Number(Deno.env.get("THEIA_BENCH_ROUNDS") ?? 4);
const ROUND_MS = 12_000;

/** Sent at the start of each round, to warm up and to let the memory settle. */
const WARM_UP_MS = 2_000;

/** What a stalled subscriber is sent at once: more than the kernel and its queue hold. */
const STUFFING_BYTES = 40 << 20;
const STUFFING_EVENT_BYTES = 4 << 10;

const SAMPLE_MS = 100;

interface Round extends LatencyFigures {
  /** Mean resident memory of the collector, in bytes. */
  readonly memory: number;
  /** Cores that the collector kept busy. */
  readonly collectorCores: number;
  /** Cores that the subscribers kept busy. */
  readonly subscriberCores: number;
}

/**
 * How old live events are when they reach 100 subscribers at 1,000 events a second, and what one more
 * changes that asked for everything and does not read. Collector, producer and subscribers are
 * processes of their own; rounds with and without the stalled one take turns in one collector.
 */
export async function benchLive(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  try {
    await using collector = await startCollector(directory);
    await using subscribers = await Subscribers.start(collector.port);
    await using client = await Client.connect({ port: collector.port });
    const quiet: Round[] = [];
    const stalled: Round[] = [];
    await measure(collector, client, subscribers);
    for (let round = 0; round < ROUNDS; round++) {
      await stuff(client);
      quiet.push(await measure(collector, client, subscribers));
      using _ = await stall(collector.port);
      await stuff(client);
      stalled.push(await measure(collector, client, subscribers));
    }
    print(quiet, stalled);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function print(quiet: readonly Round[], stalled: readonly Round[]): void {
  const row = (name: string, of: (round: Round) => number, digits: number): string[] => {
    const [base, other] = [median(quiet.map(of)), median(stalled.map(of))];
    return [name, base.toFixed(digits), other.toFixed(digits), (other / base).toFixed(2)];
  };
  printTable(
    `live: ${SUBSCRIBERS} subscribers, ${count(EVENTS_PER_SECOND)} events/s, ` +
      `median of ${ROUNDS} rounds of ${ROUND_MS / 1000} s`,
    [
      ["", "all read", "and one stalled", "ratio"],
      row("events received", (round) => round.count, 0),
      row("median, ms", (round) => round.p50, 2),
      row("p99, ms", (round) => round.p99, 2),
      row("greatest, ms", (round) => round.max, 1),
      row("gaps", (round) => round.gaps, 0),
      row("memory of the collector, MB", (round) => round.memory / 1e6, 1),
      row("busy cores of the collector", (round) => round.collectorCores, 2),
      row("busy cores of the subscribers", (round) => round.subscriberCores, 2),
    ],
  );
}

/** With the flags that users get. */
async function startCollector(directory: string): Promise<CollectorProgram> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const [, ...args] = String(tasks.collect.command).split(" ");
  const program = { command: [Deno.execPath(), ...args.slice(0, -1), "mod.ts"] };
  const store = ["--store", `sqlite:///${directory}/events.db`];
  return await CollectorProgram.start(store, { program, cwd: ROOT });
}

/** The subscribers that read. */
class Subscribers implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #commands: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#commands = child.stdin.getWriter();
    this.#answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async start(port: number): Promise<Subscribers> {
    const path = fileURLToPath(new URL("./subscribers.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", path, `${port}`, `${SUBSCRIBERS}`, `${Date.now() / 1000}`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const subscribers = new Subscribers(child);
    await subscribers.#line();
    return subscribers;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The figures since the last call. */
  async figures(): Promise<LatencyFigures> {
    await this.#commands.write(new TextEncoder().encode("next\n"));
    return JSON.parse(await this.#line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commands.close();
    await this.#answers.cancel();
    await this.#child.status;
  }

  async #line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { done, value } = await this.#answers.read();
      if (done) throw new Error(`Cannot measure as the subscribers ended: ${this.#text}`);
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }
}

/** Subscribes to everything, and reads nothing. */
async function stall(port: number): Promise<Disposable> {
  const socket = await RawSocket.connect(port, "/live", "theia.v1");
  await socket.send(OPCODE.TEXT, "{}");
  await socket.receive();
  return socket;
}

/** Sends more than may wait for a stalled subscriber; nobody else has asked for it. */
async function stuff(client: Client): Promise<void> {
  const content = "z".repeat(STUFFING_EVENT_BYTES);
  for (let sent = 0; sent < STUFFING_BYTES; sent += 100 * STUFFING_EVENT_BYTES) {
    await client.ready();
    // Older than what the others follow.
    const events = Array.from({ length: 100 }, () => createEvent({ timestamp: 1e9, content }));
    void client.send(events);
  }
  await client.flush();
}

async function measure(
  collector: CollectorProgram,
  client: Client,
  subscribers: Subscribers,
): Promise<Round> {
  await produce(client, WARM_UP_MS);
  await subscribers.figures();
  const samples: number[] = [];
  const { pid } = collector.running;
  const timer = setInterval(() => samples.push(residentBytes(pid)), SAMPLE_MS);
  const before = [cpuSeconds(pid), cpuSeconds(subscribers.pid)] as const;
  await produce(client, ROUND_MS);
  clearInterval(timer);
  const collectorCores = (cpuSeconds(pid) - before[0]) / (ROUND_MS / 1000);
  const subscriberCores = (cpuSeconds(subscribers.pid) - before[1]) / (ROUND_MS / 1000);
  const memory = samples.reduce((sum, bytes) => sum + bytes, 0) / samples.length;
  return { ...await subscribers.figures(), memory, collectorCores, subscriberCores };
}

/** Sends those events that are due, at each tick; their timestamps are the time of sending. */
async function produce(client: Client, forMs: number): Promise<void> {
  const started = performance.now();
  let sent = 0;
  for (let passed = 0; passed < forMs; passed = performance.now() - started) {
    const due = Math.floor(passed / 1000 * EVENTS_PER_SECOND) - sent;
    sent += due;
    const timestamp = (performance.timeOrigin + performance.now()) / 1000;
    const event = () =>
      createEvent({ timestamp, content: CONTENT_130, source: "/var/log/app.log" });
    if (due > 0) void client.send(Array.from({ length: due }, event));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await client.flush();
}

function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Ticks of `/proc/PID/stat` in a second. */
const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  return (user + system) / TICKS_PER_SECOND;
}
