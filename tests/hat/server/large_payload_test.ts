import assert from "node:assert/strict";
import type { HatEvent, RegisterEvent } from "../../../lib/hat/event.ts";
import { EventPayloadBinary } from "../../../lib/hat/payload.ts";
import { until } from "../../e2e/until.ts";
import { eventsOf, quickBackend, register, RunningServer } from "./running_server.ts";

function large(bytes: number): RegisterEvent {
  const payload = new EventPayloadBinary("raw", new Uint8Array(bytes).fill(7));
  return { type: ["large"], sourceTimestamp: undefined, payload };
}

Deno.test("EventServer takes payloads of 50 MB, and gives those that do not fit into one message by pages", async () => {
  await using backend = quickBackend();
  await using running = await RunningServer.start(backend);
  await using client = await running.connect();
  for (let i = 0; i < 2; i++) assert.equal((await client.register([large(50_000_000)]))?.length, 1);
  const found: HatEvent[] = [];
  for (let moreFollows = true; moreFollows;) {
    const page = await client.query({
      kind: "timeseries",
      eventTypes: [["large"]],
      order: "ascending",
      lastEventId: found.at(-1)?.id,
    });
    found.push(...page.events);
    moreFollows = page.moreFollows;
  }
  assert.deepEqual(found.map(({ payload }) => payload?.kind === "binary" && payload.data.length), [
    50_000_000,
    50_000_000,
  ]);
  await using copy = quickBackend();
  await using _standby = await RunningServer.start(copy, {
    serverId: 2,
    syncFrom: [{ hostname: "127.0.0.1", port: running.port }],
  });
  await until(
    "both at the standby",
    async () => (await eventsOf(copy, 1)).filter(({ type }) => type[0] === "large").length === 2,
  );
});

Deno.test("EventServer lives when a client sends more than a message may have", async () => {
  await using backend = quickBackend();
  await using running = await RunningServer.start(backend);
  const client = await running.connect({ maxMessageBytes: 1 << 30, closeTimeoutMs: 500 });
  await assert.rejects(client.register([large(80_000_000)]), { name: "ChatterError" });
  await client.close();
  const { error } = await running.notice("client-failed");
  assert.match(String(error), /at most 67108864/);
  await using other = await running.connect();
  assert.equal((await other.register(register("a")))?.length, 1);
});
