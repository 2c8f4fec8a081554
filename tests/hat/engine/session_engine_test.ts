import assert from "node:assert/strict";
import type { Engine } from "../../../lib/hat/engine/engine.ts";
import type { Module } from "../../../lib/hat/engine/module.ts";
import { SessionEngine } from "../../../lib/hat/engine/session_engine.ts";
import type { Source } from "../../../lib/hat/engine/source.ts";
import { EventPayloadJson } from "../../../lib/hat/payload.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { CLIENT, describe, EngineFixture, init } from "./engine_fixture.ts";
import { FakeBackend } from "./fake_backend.ts";

/** A module that writes down how it is called, and answers each type with others. */
function logging(
  name: string,
  log: string[],
  queryTypes: string[],
  answers: Readonly<Record<string, readonly string[]>> = {},
): Module {
  return {
    subscription: queryTypes.map((type) => type.split("/")),
    onSessionStart: (id) => void log.push(`${name} start ${id}`),
    onSessionStop: (id) => void log.push(`${name} stop ${id}`),
    process(source, event) {
      log.push(`${name} ${source.type}:${source.id} ${describe(event)}`);
      return (answers[event.type.join("/")] ?? []).map(init);
    },
  };
}

Deno.test("SessionEngine calls modules in order, in rounds, until a round makes no event", async () => {
  const log: string[] = [];
  await using fixture = await EngineFixture.start([
    logging("A", log, ["a", "b", "c"], { a: ["b", "c"], c: ["d"] }),
    logging("B", log, ["a", "x", "c"], { x: ["c"] }),
  ]);
  log.length = 0;
  assert.deepEqual(await fixture.register("a", "x"), ["2.1 a", "2.2 x"]);
  assert.deepEqual(log, [
    "A start 2",
    "B start 2",
    "A eventer:7 2.1 a",
    "B eventer:7 2.1 a",
    "B eventer:7 2.2 x",
    "A module:0 2.3 b",
    "A module:0 2.4 c",
    "A module:1 2.5 c",
    "B module:0 2.4 c",
    "B module:1 2.5 c",
    "A stop 2",
    "B stop 2",
  ]);
  assert.deepEqual(fixture.lastSession, [
    "2.1 a",
    "2.2 x",
    "2.3 b",
    "2.4 c",
    "2.5 c",
    "2.6 d",
    "2.7 d",
  ]);
});

Deno.test("SessionEngine gives all events of a session one timestamp, and goes on with the ids of the backend", async () => {
  const backend = new FakeBackend();
  let s = 100n;
  const now = () => new Timestamp(s++, 0);
  const payload = EventPayloadJson.of(1);
  await backend.register([{
    id: { server: 3, session: 41, instance: 9 },
    type: ["old"],
    timestamp: new Timestamp(1n, 0),
    sourceTimestamp: undefined,
    payload: undefined,
  }]);
  await using engine = await SessionEngine.start({ serverId: 3, backend, now });
  const sourceTimestamp = new Timestamp(-5n, 1);
  const events = await engine.register(CLIENT, [
    { type: ["a"], sourceTimestamp, payload },
    init("b"),
  ]);
  const id = { server: 3, session: 43 };
  const timestamp = new Timestamp(101n, 0);
  assert.deepEqual(events, [
    { id: { ...id, instance: 1 }, type: ["a"], timestamp, sourceTimestamp, payload },
    {
      id: { ...id, instance: 2 },
      type: ["b"],
      timestamp,
      sourceTimestamp: undefined,
      payload: undefined,
    },
  ]);
});

Deno.test("SessionEngine registers STARTED by way of the modules and STOPPED without them", async () => {
  const log: string[] = [];
  const fixture = await EngineFixture.start([
    logging("A", log, ["*"], { "event/3/engine": ["up"] }),
  ]);
  assert.deepEqual(fixture.lastSession, ["1.1 event/3/engine", "1.2 up"]);
  assert.equal(log[1], "A engine:0 1.1 event/3/engine");
  log.length = 0;
  await fixture[Symbol.asyncDispose]();
  assert.deepEqual(fixture.lastSession, ["2.1 event/3/engine"]);
  assert.deepEqual(log, []);
  const states = fixture.backend.events.filter(({ type }) => type[0] === "event");
  assert.deepEqual(states.map(({ payload }) => payload), [
    EventPayloadJson.of("STARTED"),
    EventPayloadJson.of("STOPPED"),
  ]);
});

Deno.test("SessionEngine makes no session for no events", async () => {
  const log: string[] = [];
  await using fixture = await EngineFixture.start([logging("A", log, ["*"])]);
  log.length = 0;
  assert.deepEqual(await fixture.register(), []);
  assert.deepEqual(log, []);
  assert.deepEqual(await fixture.register("a"), ["2.1 a"]);
});

Deno.test("SessionEngine refuses what is no event before there is a session", async () => {
  await using fixture = await EngineFixture.start([]);
  const { engine } = fixture;
  const wrong: unknown[] = [
    undefined,
    { type: "a" },
    { type: ["a", 1] },
    { type: ["a"], payload: "text" },
    { type: ["a"], payload: { kind: "binary", type: "x", data: [1] } },
    { type: ["a"], sourceTimestamp: "now" },
    { type: ["a"], sourceTimestamp: { s: 1.5, us: 0 } },
  ];
  for (const event of wrong) {
    const events = [init("good"), event] as Parameters<typeof engine.register>[1];
    await assert.rejects(engine.register(CLIENT, events), TypeError);
  }
  assert.deepEqual(await fixture.register("a"), ["2.1 a"]);
});

Deno.test("SessionEngine does one session at a time, in the order of the requests", async () => {
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  const slow: Module = {
    subscription: [["slow"]],
    async process() {
      await gate.promise;
    },
  };
  await using fixture = await EngineFixture.start([slow, logging("A", log, ["slow", "quick"])]);
  log.length = 0;
  const first = fixture.register("slow");
  const second = fixture.register("quick");
  const third = fixture.register("slow");
  gate.resolve();
  assert.deepEqual(await Promise.all([first, second, third]), [["2.1 slow"], ["3.1 quick"], [
    "4.1 slow",
  ]]);
  assert.deepEqual(log.filter((line) => /start|stop/.test(line)), [
    "A start 2",
    "A stop 2",
    "A start 3",
    "A stop 3",
    "A start 4",
    "A stop 4",
  ]);
});

Deno.test("SessionEngine refuses requests when too many events wait", async () => {
  const fixture = await EngineFixture.start([], { maxWaitingEvents: 3 });
  await using _fixture = fixture;
  const gate = Promise.withResolvers<void>();
  fixture.backend.gate = gate.promise;
  const running = fixture.register("a");
  const waiting = [fixture.register("b", "c", "d", "e"), fixture.register("f")];
  assert.equal(await waiting[1], undefined);
  assert.deepEqual(fixture.notices, [{ kind: "overloaded", waiting: 4 }]);
  gate.resolve();
  assert.deepEqual(await running, ["2.1 a"]);
  assert.equal((await waiting[0])?.length, 4);
  assert.deepEqual(await fixture.register("g"), ["4.1 g"]);
});

Deno.test("SessionEngine lives on when the backend fails, and does not use the number of that session again", async () => {
  await using fixture = await EngineFixture.start([]);
  const error = fixture.backend.failure = new Error("disk on fire");
  assert.equal(await fixture.register("a"), undefined);
  assert.deepEqual(fixture.notices, [{ kind: "session-failed", sessionId: 2, error }]);
  assert.deepEqual(await fixture.register("b"), ["3.1 b"]);
});

Deno.test("SessionEngine finishes what waits when it is closed, lets modules end, and refuses the rest", async () => {
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const holder: { fixture?: EngineFixture } = {};
  const closing: Module = {
    ...logging("B", log, ["*"]),
    async [Symbol.asyncDispose]() {
      const events = await holder.fixture?.engine.register({ type: "module", id: 1 }, [
        init("bye"),
      ]);
      log.push(`B disposed after ${events?.map(describe)}`);
    },
  };
  const watching: Module = {
    ...logging("A", log, ["*"]),
    [Symbol.asyncDispose]: () => Promise.resolve(void log.push("A disposed")),
  };
  const fixture = await EngineFixture.start([watching, closing]);
  holder.fixture = fixture;
  fixture.backend.gate = gate.promise;
  const requests = [fixture.register("a"), fixture.register("b")];
  const closed = fixture[Symbol.asyncDispose]();
  assert.equal(await fixture.register("late"), undefined);
  log.length = 0;
  gate.resolve();
  assert.deepEqual(await Promise.all(requests), [["2.1 a"], ["3.1 b"]]);
  await closed;
  assert.deepEqual(log.slice(-3), ["B stop 4", "B disposed after 4.1 bye", "A disposed"]);
  assert.deepEqual(fixture.lastSession, ["5.1 event/3/engine"]);
  assert.equal(await fixture.register("late"), undefined);
  await fixture[Symbol.asyncDispose]();
  assert.deepEqual(fixture.lastSession, ["5.1 event/3/engine"]);
});

Deno.test("SessionEngine is closed though a module registers events without a pause", async () => {
  let isEnding = false;
  let registered = 0;
  const busy = {
    name: "busy",
    create(engine: Engine, source: Source): Module {
      const running = (async () => {
        while (!isEnding && await engine.register(source, [init("x")]) !== undefined) registered++;
      })();
      return {
        subscription: [],
        process() {},
        async [Symbol.asyncDispose]() {
          isEnding = true;
          await running;
        },
      };
    },
  };
  const fixture = await EngineFixture.start([busy]);
  await fixture.register("a");
  await fixture[Symbol.asyncDispose]();
  const types = fixture.backend.events.map(({ type }) => type[0]);
  assert.equal(types.filter((type) => type === "x").length, registered);
  assert.deepEqual(fixture.lastSession.map((event) => event.split(" ")[1]), ["event/3/engine"]);
});

Deno.test("SessionEngine processes what modules registered while they were made after STARTED", async () => {
  let registered: Promise<unknown> | undefined;
  await using fixture = await EngineFixture.start([{
    name: "early",
    create(engine, source) {
      registered = engine.register(source, [init("early")]);
      return { subscription: [], process: () => {} };
    },
  }]);
  await registered;
  assert.deepEqual(fixture.backend.events.map(describe), ["1.1 event/3/engine", "2.1 early"]);
});

Deno.test("SessionEngine ends the modules it has made when another one cannot be made", async () => {
  const log: string[] = [];
  const good: Module = {
    subscription: [],
    process: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(void log.push("disposed")),
  };
  const bad = { name: "bad", create: () => Promise.reject(new Error("no such sensor")) };
  await assert.rejects(EngineFixture.start([good, bad]), /no such sensor/);
  assert.deepEqual(log, ["disposed"]);
  const none = { name: "odd", create: () => ({ process() {} }) as unknown as Module };
  await assert.rejects(EngineFixture.start([none]), /module 'odd' as 'subscription' must be/);
});

Deno.test("SessionEngine gives up a module that is not made in time, and ends it when it comes late", async () => {
  const log: string[] = [];
  const made = Promise.withResolvers<Module>();
  const late = { name: "late", create: () => made.promise };
  await assert.rejects(
    EngineFixture.start([late], { moduleTimeoutMs: 10 }),
    /Cannot start module 'late' as it must be made within 'moduleTimeoutMs': current value is 10/,
  );
  const disposed = Promise.withResolvers<void>();
  made.resolve({
    subscription: [],
    process: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(disposed.resolve(void log.push("disposed"))),
  });
  await disposed.promise;
  assert.deepEqual(log, ["disposed"]);
});

Deno.test("SessionEngine checks its options", async () => {
  const backend = new FakeBackend();
  await assert.rejects(SessionEngine.start({ serverId: 1.5, backend }), /'serverId' must be/);
  await assert.rejects(
    SessionEngine.start({ serverId: 1, backend, limits: { maxRounds: 0 } }),
    /'maxRounds' must be an integer from 1/,
  );
});
