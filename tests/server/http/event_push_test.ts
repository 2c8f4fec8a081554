import assert from "node:assert/strict";
import { MemoryStore } from "../../../lib/store/memory/memory_store.ts";
import { CollectorCounts } from "../../../lib/server/collector_counts.ts";
import { EventPush } from "../../../lib/server/http/event_push.ts";
import { JsonBodyReader } from "../../../lib/server/http/json_body_reader.ts";
import { Ingest } from "../../../lib/server/ingest.ts";
import { IntakeBudget } from "../../../lib/server/intake_budget.ts";

Deno.test("EventPush lets others have their turn while lines are many and none is an event", async () => {
  const budget = new IntakeBudget(1 << 20);
  await using sink = new MemoryStore();
  const ingest = new Ingest({ sink, budget, onAccepted: () => {}, observer: () => {} });
  const context = { budget, ingest, counts: new CollectorCounts(), observer: () => {} };
  const client = { id: 1, path: "/events", dialect: "http", remote: "" } as const;
  const reader = new JsonBodyReader({ maxEventBytes: 1000, now: () => 1 });
  const push = new EventPush(reader, client, context);
  const lines = new TextEncoder().encode("x\n".repeat(100_000));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await push.run(ReadableStream.from([lines]));
  clearInterval(timer);
  assert.equal(push.result.figures.rejected_total, 100_000);
  assert.ok(turns >= 5, `${turns} turns`);
});
