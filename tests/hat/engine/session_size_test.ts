import assert from "node:assert/strict";
import type { Module } from "../../../lib/hat/engine/module.ts";
import { toRegisterEvent } from "../../../lib/hat/engine/register_event_init.ts";
import { eventBytes, MAX_SESSION_BYTES } from "../../../lib/hat/engine/session_size.ts";
import { EventPayloadJson } from "../../../lib/hat/payload.ts";
import { CLIENT, EngineFixture } from "./engine_fixture.ts";

function binary(type: string, bytes: number) {
  return {
    type: [type],
    payload: { kind: "binary", type: "", data: new Uint8Array(bytes) },
  } as const;
}

Deno.test("eventBytes counts texts as UTF-8", () => {
  const base = eventBytes(toRegisterEvent({ type: [""] }));
  for (const text of ["abc", "é", "€", "😀", "a😀é€".repeat(100)]) {
    const bytes = new TextEncoder().encode(text).length;
    assert.equal(eventBytes(toRegisterEvent({ type: [text] })), base + bytes);
    const payload = EventPayloadJson.fromText(JSON.stringify(text));
    assert.equal(eventBytes(toRegisterEvent({ type: [""], payload })), base + bytes + 2);
  }
});

Deno.test("SessionEngine refuses events that do not fit into one message, of clients and of modules", async () => {
  const large: Module = {
    subscription: [["go"]],
    process: () => ["p", "q"].map((type) => binary(type, MAX_SESSION_BYTES / 2)),
  };
  await using fixture = await EngineFixture.start([large]);
  const fits = binary("fits", MAX_SESSION_BYTES - 100);
  assert.equal((await fixture.engine.register(CLIENT, [fits]))?.length, 1);
  assert.equal(await fixture.engine.register(CLIENT, [fits, binary("more", 100)]), undefined);
  assert.equal(await fixture.register("go"), undefined);
  const failed = fixture.notices.filter(({ kind }) => kind === "session-failed");
  assert.equal(failed.length, 2);
  for (const notice of failed) {
    assert(notice.kind === "session-failed");
    assert.match(String(notice.error), /^SessionLimitError: .* must have at most 50331648 bytes/);
  }
  assert.equal((await fixture.register("good"))?.length, 1);
});

Deno.test("SessionEngine fails the session of a module that makes a text with half a surrogate pair", async () => {
  const half = "\ud800";
  const inits = [
    { type: ["b", half] },
    { type: ["b"], payload: { kind: "binary", type: half, data: new Uint8Array() } },
    { type: ["b"], payload: { kind: "json", text: `"${half}"` } },
  ] as const;
  for (const init of inits) {
    const module: Module = { subscription: [["a"]], process: () => [init] };
    await using fixture = await EngineFixture.start([module]);
    assert.equal(await fixture.register("a"), undefined);
    const notice = await fixture.notice("session-failed");
    assert(notice.kind === "session-failed");
    assert.match(String(notice.error), /must be well-formed Unicode: current value is .*ud800/);
  }
  // JSON has escapes for it.
  const payload = { kind: "json", data: half } as const;
  assert.equal(toRegisterEvent({ type: ["b"], payload }).payload?.kind, "json");
});
