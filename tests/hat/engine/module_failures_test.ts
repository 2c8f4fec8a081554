import assert from "node:assert/strict";
import type { Module, ProcessResult } from "../../../lib/hat/engine/module.ts";
import { ModuleError, SessionLimitError } from "../../../lib/hat/engine/session_error.ts";
import { EngineFixture, init } from "./engine_fixture.ts";

/** A module for events `bad`, and what else it is. */
function onBad(process: Module["process"], more: Partial<Module> = {}): Module {
  return { subscription: [["bad"]], process, ...more };
}

/** A module that counts its sessions. */
function counting(): { readonly module: Module; readonly log: string[] } {
  const log: string[] = [];
  const module: Module = {
    subscription: [["*"]],
    onSessionStart: (id) => void log.push(`start ${id}`),
    onSessionStop: (id) => void log.push(`stop ${id}`),
    process: () => {},
  };
  return { module, log };
}

/** What the session that fails is reported with. */
async function failureOf(fixture: EngineFixture): Promise<unknown> {
  assert.equal(await fixture.register("bad"), undefined);
  const failed = fixture.notices.filter(({ kind }) => kind === "session-failed");
  assert.equal(failed.length, 1);
  const [notice] = failed;
  assert(notice?.kind === "session-failed");
  assert.equal(notice.sessionId, 2);
  assert.deepEqual(await fixture.register("good"), ["3.1 good"]);
  assert.deepEqual(
    fixture.backend.sessions.map((events) => events.map(({ type }) => type.at(-1))),
    [["engine"], ["good"]],
  );
  return notice.error;
}

const FAULTS: Readonly<Record<string, Module>> = {
  "throws": onBad(() => {
    throw new Error("broken");
  }),
  "rejects": onBad(() => Promise.reject(new Error("broken"))),
  "throws within a generator": onBad(function* () {
    yield init("x");
    throw new Error("broken");
  }),
  "throws within an async generator": onBad(async function* () {
    yield await Promise.resolve(init("x"));
    throw new Error("broken");
  }),
  "makes what is no event": onBad(() => ["broken"] as unknown as ProcessResult),
  "answers a number": onBad(() => 5 as unknown as ProcessResult),
};

for (const [fault, module] of Object.entries(FAULTS)) {
  Deno.test(`SessionEngine fails the session of a module that ${fault}, and lives on`, async () => {
    const { module: other, log } = counting();
    await using fixture = await EngineFixture.start([other, module]);
    const error = await failureOf(fixture);
    assert(error instanceof ModuleError);
    assert.deepEqual([error.module, error.call], ["m1", "process"]);
    assert.match(error.message, /'process' of module 'm1' failed: /);
    assert.deepEqual(log.slice(2), ["start 2", "stop 2", "start 3", "stop 3"]);
  });
}

Deno.test("SessionEngine fails the session when a module cannot start or stop it", async () => {
  for (const call of ["onSessionStart", "onSessionStop"] as const) {
    const { module: other, log } = counting();
    const fail = (id: number) => {
      if (id === 2) throw new Error("broken");
    };
    await using fixture = await EngineFixture.start([onBad(() => {}, { [call]: fail }), other]);
    const error = await failureOf(fixture);
    assert(error instanceof ModuleError);
    assert.equal(error.call, call);
    // What is not started is not stopped, and what is started is stopped.
    const second = call === "onSessionStart" ? [] : ["start 2", "stop 2"];
    assert.deepEqual(log.slice(2), [...second, "start 3", "stop 3"]);
  }
});

Deno.test("SessionEngine reports modules that fail after the session has failed", async () => {
  const broken = new Error("broken");
  const onSessionStop = (id: number) => id === 2 ? Promise.reject(broken) : undefined;
  const dispose = { [Symbol.asyncDispose]: () => Promise.reject(broken) };
  const fixture = await EngineFixture.start([
    onBad(() => {}, { onSessionStop }),
    onBad(() => {}, { onSessionStop, ...dispose }),
  ]);
  await failureOf(fixture);
  await fixture[Symbol.asyncDispose]();
  const failed = fixture.notices.filter((notice) => notice.kind === "module-failed");
  assert.deepEqual(failed.map(({ module, call }) => [module, call]), [
    ["m1", "onSessionStop"],
    ["m1", "dispose"],
  ]);
});

Deno.test("SessionEngine ends a session in which modules answer each other for ever", async () => {
  const ping: Module = { subscription: [["bad"], ["pong"]], process: () => [init("ping")] };
  const pong: Module = { subscription: [["ping"]], process: () => [init("pong")] };
  await using fixture = await EngineFixture.start([ping, pong], { maxRounds: 50 });
  const error = await failureOf(fixture);
  assert(error instanceof SessionLimitError);
  assert.match(
    error.message,
    /session 2 .* more than 50 rounds: module 'm[01]' made \["p[io]ng"\]/,
  );
});

Deno.test("SessionEngine ends a session in which a module makes events without end", async () => {
  const endless: Module["process"][] = [
    function* () {
      for (;;) yield init("x");
    },
    async function* () {
      for (;;) yield await Promise.resolve(init("x"));
    },
  ];
  for (const process of endless) {
    await using fixture = await EngineFixture.start([onBad(process)], { maxAddedEvents: 1000 });
    const error = await failureOf(fixture);
    assert(error instanceof SessionLimitError);
    assert.match(error.message, /more than 1000 events: module 'm0' made \["x"\]/);
  }
});

Deno.test("SessionEngine takes as many rounds and events as it allows", async () => {
  const countdown: Module = {
    subscription: [["n", "?"]],
    process: (_source, { type }) => Number(type[1]) > 1 ? [init(`n/${Number(type[1]) - 1}`)] : [],
  };
  const limits = { maxRounds: 5, maxAddedEvents: 4 };
  await using fixture = await EngineFixture.start([countdown], limits);
  assert.deepEqual(await fixture.register("n/5"), ["2.1 n/5"]);
  assert.equal(fixture.lastSession.length, 5);
  assert.equal(await fixture.register("n/6"), undefined);
});

Deno.test("SessionEngine leaves a module that hangs out until it comes back, and stops its session then", async () => {
  const release = Promise.withResolvers<void>();
  const { module: other, log } = counting();
  const seen: string[] = [];
  const hanging = onBad(async (_source, event) => {
    seen.push(`process ${event.id.session}`);
    if (event.id.session === 2) await release.promise;
    return [init("late")];
  }, { onSessionStop: (id) => void seen.push(`stop ${id}`) });
  await using fixture = await EngineFixture.start([hanging, other], { moduleTimeoutMs: 20 });
  const error = await failureOf(fixture);
  assert(error instanceof ModuleError);
  assert.match(error.message, /'process' of module 'm0' has not ended after 20 ms/);
  assert.deepEqual(await fixture.register("bad"), ["4.1 bad"]);
  assert.deepEqual(seen, ["stop 1", "process 2"]);
  assert.deepEqual(log.slice(2, 4), ["start 2", "stop 2"]);
  release.resolve();
  await fixture.notice("module-back");
  assert.deepEqual(seen, ["stop 1", "process 2", "stop 2"]);
  assert.deepEqual(await fixture.register("bad"), ["5.1 bad"]);
  assert.deepEqual(fixture.lastSession, ["5.1 bad", "5.2 late"]);
});

Deno.test("SessionEngine ends a module that waits for its own session", async () => {
  const holder: { fixture?: EngineFixture } = {};
  const source = { type: "module", id: 0 } as const;
  let nested: Promise<unknown> | undefined;
  const selfish = onBad(async () => {
    nested = holder.fixture?.engine.register(source, [init("nested")]);
    await nested;
  });
  await using running = await EngineFixture.start([selfish], { moduleTimeoutMs: 20 });
  holder.fixture = running;
  assert.equal(await running.register("bad"), undefined);
  await nested;
  assert.deepEqual(running.lastSession, ["3.1 nested"]);
  await running.notice("module-back");
});

Deno.test("SessionEngine is closed in time when a module hangs for ever", async () => {
  const never = Promise.withResolvers<void>();
  const hanging = onBad(() => never.promise, {
    [Symbol.asyncDispose]: () => never.promise,
  });
  const fixture = await EngineFixture.start([hanging], { moduleTimeoutMs: 20 });
  const requests = [fixture.register("bad"), fixture.register("good")];
  await fixture[Symbol.asyncDispose]();
  assert.deepEqual(await Promise.all(requests), [undefined, ["3.1 good"]]);
  assert.deepEqual(fixture.lastSession, ["4.1 event/3/engine"]);
  const failed = fixture.notices.filter((notice) => notice.kind === "module-failed");
  assert.deepEqual(failed.map(({ call }) => call), ["dispose"]);
});

Deno.test("SessionEngine names the module whose subscription throws", async () => {
  const matches = (type: readonly string[]) => {
    if (type[0] === "bad") throw new Error("broken");
    return false;
  };
  await using fixture = await EngineFixture.start([{ subscription: { matches }, process() {} }]);
  const error = await failureOf(fixture);
  assert(error instanceof ModuleError);
  assert.deepEqual([error.module, error.call], ["m0", "matches"]);
});
