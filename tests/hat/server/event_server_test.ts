import assert from "node:assert/strict";
import type { Backend } from "../../../lib/hat/backend.ts";
import { openBackend } from "../../../lib/hat/backends/open_backend.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import type { Module } from "../../../lib/hat/engine/module.ts";
import { EventServer } from "../../../lib/hat/server/event_server.ts";
import { until } from "../../e2e/until.ts";
import { describe, init } from "../engine/engine_fixture.ts";
import { eventsOf, quickBackend, register, RunningServer } from "./running_server.ts";

/** Gathers what a client is told. */
function gather(): {
  readonly told: string[];
  readonly onEvents: (events: readonly HatEvent[]) => void;
} {
  const told: string[] = [];
  return { told, onEvents: (events) => void told.push(events.map(describe).join(" + ")) };
}

Deno.test("EventServer answers with the requested events, after telling what modules added", async () => {
  const adding: Module = { subscription: [["a"]], process: () => [init("added")] };
  await using backend = quickBackend();
  await using running = await RunningServer.start(backend, {
    modules: [{ name: "adding", create: () => adding }],
  });
  const log: string[] = [];
  await using client = await running.connect({
    subscriptions: [["*"]],
    onEvents: (events) => void log.push(events.map(describe).join(" + ")),
  });
  const events = await client.register(register("a", "b"));
  log.push("answer");
  assert.deepEqual(events?.map(describe), ["3.1 a", "3.2 b"]);
  assert.deepEqual(log, ["3.1 a + 3.2 b + 3.3 added", "answer"]);
});

Deno.test("EventServer registers that clients connect and disconnect", async () => {
  await using backend = quickBackend();
  await using running = await RunningServer.start(backend);
  const { told, onEvents } = gather();
  await using _watching = await running.connect({
    clientName: "watching",
    subscriptions: [["event", "*"]],
    onEvents,
  });
  const other = await running.connect({ clientName: "peer/other" });
  await other.close();
  await until("the end of the other client", () => told.length === 2);
  assert.deepEqual(told, ["3.1 event/1/eventer/peer/other", "4.1 event/1/eventer/peer/other"]);
  const events = await eventsOf(backend, 1);
  assert.deepEqual(
    events.map(({ type, payload }) => [type.at(-1), payload?.kind === "json" && payload.text]),
    [
      ["engine", '"STARTED"'],
      ["watching", '"CONNECTED"'],
      ["peer/other", '"CONNECTED"'],
      ["peer/other", '"DISCONNECTED"'],
    ],
  );
});

Deno.test("EventServer tells persisted clients after a flush only", async () => {
  await using backend = quickBackend();
  await using running = await RunningServer.start(backend);
  const { told, onEvents } = gather();
  await using client = await running.connect({
    subscriptions: [["a"]],
    persisted: true,
    onEvents,
  });
  assert.equal((await client.register(register("a")))?.length, 1);
  await until("the notification", () => told.length === 1);
  assert.deepEqual(told, ["3.1 a"]);
});

Deno.test("EventServer tells its statuses, STOPPED and what is durable before it closes connections", async () => {
  await using backend = quickBackend();
  const running = await RunningServer.start(backend);
  const log: string[] = [];
  const plain = await running.connect({
    subscriptions: [["event", "?", "engine"]],
    onStatus: (status) => void log.push(status),
    onEvents: (events) => void log.push(events.map(describe).join(" + ")),
  });
  const { told, onEvents } = gather();
  const persisted = await running.connect({
    subscriptions: [["event", "?", "engine"]],
    persisted: true,
    onEvents,
  });
  await running[Symbol.asyncDispose]();
  await Promise.all([plain.ended, persisted.ended]);
  assert.deepEqual(log, ["stopping", "4.1 event/1/engine", "standby"]);
  assert.deepEqual(told.at(-1), "4.1 event/1/engine");
  await running[Symbol.asyncDispose]();
});

Deno.test("EventServer registers what clients sent before it stops, and refuses the rest", async () => {
  await using backend = quickBackend();
  const running = await RunningServer.start(backend);
  const client = await running.connect();
  const slow = client.register(register("a"));
  const registered = await slow;
  const stopped = running[Symbol.asyncDispose]();
  const late = await client.register(register("late")).catch(() => undefined);
  await stopped;
  await client.close();
  assert.equal(registered?.length, 1);
  assert.equal(late, undefined);
  assert.equal((await eventsOf(backend, 1)).at(-1)?.type.at(-1), "engine");
});

Deno.test("EventServer goes on with its sessions after a restart, also of its store", async () => {
  const directory = await Deno.makeTempDir();
  await using memory = quickBackend();
  const statesOf = async (backend: Backend) =>
    (await eventsOf(backend, 1)).map(({ payload }) => payload?.kind === "json" && payload.data);
  const restart = async (backend: Backend, starts: number) => {
    {
      await using _running = await RunningServer.start(backend);
      assert.equal((await backend.getLastEventId(1)).session, 2 * starts - 1);
    }
    const states = Array.from({ length: starts }, () => ["STARTED", "STOPPED"]).flat();
    assert.deepEqual(await statesOf(backend), states);
  };
  for (const starts of [1, 2, 3]) {
    await restart(memory, starts);
    await using sqlite = await openBackend(`sqlite:///${directory}/hat.db`);
    await restart(sqlite, starts);
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("EventServer closes its door when it cannot start", async () => {
  await using backend = quickBackend();
  const modules = [{ name: "bad", create: () => Promise.reject(new Error("no such sensor")) }];
  await assert.rejects(RunningServer.start(backend, { modules }), /no such sensor/);
  await assert.rejects(RunningServer.start(backend, { serverId: 0.5 }), /'serverId' must be/);
  await using running = await RunningServer.start(backend);
  const { port } = running;
  await assert.rejects(
    EventServer.start({ serverId: 2, backend, port }),
    /^Error: Cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
  );
  assert.equal((await eventsOf(backend, 2)).length, 0);
});

Deno.test("EventServer leaves nothing behind when a server to copy from cannot be used", async () => {
  await using backend = quickBackend();
  const log: string[] = [];
  const module: Module = {
    subscription: [],
    process: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(void log.push("disposed")),
  };
  const create = () => (log.push("made"), module);
  const options = { modules: [{ name: "m", create }] };
  const syncFrom = [{ hostname: "127.0.0.1", port: 1 }];
  await assert.rejects(
    RunningServer.start(backend, { ...options, syncFrom, syncBackoff: { minDelayMs: -1 } }),
    /'minDelayMs' must be positive/,
  );
  assert.deepEqual(log, []);
  assert.equal((await eventsOf(backend, 1)).length, 0);
  const broken = { port: 1 } as unknown as { readonly hostname: string; readonly port: number };
  await assert.rejects(
    RunningServer.start(backend, { ...options, syncFrom: [...syncFrom, broken] }),
    TypeError,
  );
  assert.deepEqual(log, ["made", "disposed"]);
  const states = (await eventsOf(backend, 1)).map(({ payload }) =>
    payload?.kind === "json" && payload.data
  );
  assert.deepEqual(states, ["STARTED", "STOPPED"]);
});
