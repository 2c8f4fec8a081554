import assert from "node:assert/strict";
import { EventReadError, EventWriteError } from "../../../lib/store/store.ts";
import { needing } from "../../installed.ts";
import { parsePrometheus, type Sample } from "../../prometheus_text.ts";
import { Bench, FakeStore, frame, frames, numbered, until } from "../fixtures.ts";
import { ask, push, SearchedStore } from "./fixtures.ts";

async function scrape(bench: Bench): Promise<readonly Sample[]> {
  const { text, headers, status } = await ask(bench, "/metrics");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return parsePrometheus(text);
}

/** The value of a sample, 0 when there is none. */
function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = samples.filter((sample) =>
    sample.name === name &&
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}

Deno.test("GET /metrics counts events by door and dialect, stored, duplicate and rejected", async () => {
  await using bench = await Bench.start();
  await push(bench, frames(...numbered("h", 3)));
  await push(bench, frames(...numbered("h", 4)));
  await push(bench, "junk");
  await using v1 = await bench.connect("/event", "theia.v1");
  v1.send(frames(...numbered("v", 5)));
  assert.equal((await v1.nextJson()).events, 5);
  await using v0 = await bench.connect("/event");
  v0.send(frame({ id: "old" }));
  v0.send("nonsense");
  await v0.nextJson();
  await until(() => bench.store?.cursor === 10);
  const samples = await scrape(bench);
  const received = (door: string, dialect: string) =>
    valueOf(samples, "theia_events_received_total", { door, dialect });
  assert.equal(received("/events", "http"), 7);
  assert.equal(received("/event", "theia.v1"), 5);
  assert.equal(received("/event", "theia.v0"), 1);
  assert.ok(valueOf(samples, "theia_received_bytes_total", { dialect: "theia.v1" }) > 200);
  assert.equal(valueOf(samples, "theia_events_stored_total"), 10);
  assert.equal(valueOf(samples, "theia_events_duplicate_total"), 3);
  assert.equal(valueOf(samples, "theia_events_rejected_total", { dialect: "http" }), 1);
  assert.equal(valueOf(samples, "theia_events_rejected_total", { dialect: "theia.v0" }), 1);
  assert.equal(valueOf(samples, "theia_save_duration_seconds_count"), 4);
  assert.equal(valueOf(samples, "theia_connections", { door: "/event" }), 2);
  assert.equal(valueOf(samples, "theia_store_events"), 10);
  assert.equal(valueOf(samples, "theia_store_oldest_timestamp_seconds"), 1_700_000_000);
  assert.equal(valueOf(samples, "theia_intake_pending_bytes"), 0);
  assert.equal(valueOf(samples, "theia_store_up"), 1);
});

Deno.test("GET /metrics counts what is searched, sent and followed", async () => {
  await using bench = await Bench.start();
  await push(bench, frames(...numbered("s", 20)));
  await ask(bench, "/events?limit=7");
  await ask(bench, "/stats");
  {
    await using find = await bench.connect("/find", "theia.v1");
    find.send({});
    await find.nextEvents(20);
  }
  await using live = await bench.connect("/live", "theia.v1");
  live.send({});
  assert.equal(await live.next(), "ok");
  await push(bench, frames(...numbered("l", 3)));
  await live.nextEvents(3);
  const samples = await scrape(bench);
  const sent = (door: string) => valueOf(samples, "theia_events_sent_total", { door });
  assert.deepEqual([sent("/events"), sent("/find"), sent("/live")], [7, 20, 3]);
  for (const door of ["/events", "/stats", "/find"]) {
    assert.equal(valueOf(samples, "theia_searches_total", { door }), 1, door);
    assert.equal(valueOf(samples, "theia_search_duration_seconds_count", { door }), 1, door);
  }
  assert.equal(valueOf(samples, "theia_live_subscriptions"), 1);
  assert.equal(valueOf(samples, "theia_http_searches"), 0);
});

Deno.test("GET /metrics counts HTTP requests by route, whatever paths are asked for", async () => {
  await using bench = await Bench.start();
  await ask(bench, "/events/a");
  await ask(bench, "/events/b");
  await ask(bench, "/nope1");
  await ask(bench, "/nope2", { method: "PATCH" });
  await ask(bench, "/");
  const requests = async (route: string, method: string, status: string) =>
    valueOf(await scrape(bench), "theia_http_requests_total", { route, method, status });
  assert.equal(await requests("/events/{id}", "GET", "4xx"), 2);
  assert.equal(await requests("unknown", "GET", "4xx"), 1);
  assert.equal(await requests("unknown", "other", "4xx"), 1);
  assert.equal(await requests("page", "GET", "2xx"), 1);
  const samples = await scrape(bench);
  const labels = { route: "/events/{id}" };
  assert.equal(valueOf(samples, "theia_http_request_duration_seconds_count", labels), 2);
});

Deno.test("GET /metrics counts failures", async () => {
  const store = new SearchedStore();
  // deno-lint-ignore require-yield -- it fails
  store.makeBatches = async function* () {
    await Promise.resolve();
    throw new EventReadError("unreadable");
  };
  await using bench = await Bench.start({ store });
  store.failures.push(
    new EventWriteError("Cannot store", { retryable: false }),
    new EventWriteError("Cannot store", { retryable: true }),
  );
  await push(bench, frames(...numbered("f", 2)));
  await push(bench, frames(...numbered("f", 3)));
  await ask(bench, "/events");
  const samples = await scrape(bench);
  assert.equal(valueOf(samples, "theia_save_failures_total"), 2);
  assert.equal(valueOf(samples, "theia_events_refused_total"), 5);
  assert.equal(valueOf(samples, "theia_search_failures_total", { door: "/events" }), 1);
});

Deno.test("GET /metrics and /readyz answer although the store does not", async () => {
  class DeafStore extends FakeStore {
    override stats(): Promise<never> {
      return Promise.reject(new EventReadError("closed"));
    }
  }
  await using bench = await Bench.start({ store: new DeafStore() });
  assert.equal(valueOf(await scrape(bench), "theia_store_up"), 0);
  const ready = await ask(bench, "/readyz");
  assert.equal(ready.status, 503);
  assert.deepEqual(ready.json(), { ready: false, reasons: ["the store does not answer"] });
});

Deno.test("GET /metrics and /readyz answer for a collector that keeps nothing", async () => {
  await using bench = await Bench.start("live");
  await push(bench, frame({}));
  const samples = await scrape(bench);
  assert.equal(valueOf(samples, "theia_events_stored_total"), 1);
  assert.ok(samples.every(({ name }) => !name.startsWith("theia_store_")));
  assert.deepEqual((await ask(bench, "/readyz")).json(), { ready: true, reasons: [] });
});

Deno.test({
  ...needing({ promtool: "prometheus" }, "GET /metrics passes promtool's rules"),
  async fn() {
    await using bench = await Bench.start();
    await push(bench, frames(...numbered("p", 3)));
    await ask(bench, "/events");
    const { text } = await ask(bench, "/metrics");
    await using promtool = new Deno.Command("promtool", {
      args: ["check", "metrics"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = promtool.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const { code, stderr, stdout } = await promtool.output();
    const decoder = new TextDecoder();
    assert.equal(decoder.decode(stderr) + decoder.decode(stdout), "");
    assert.equal(code, 0);
  },
});
