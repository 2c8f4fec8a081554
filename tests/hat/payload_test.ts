import assert from "node:assert/strict";
import { EventPayloadBinary, EventPayloadJson } from "../../lib/hat/mod.ts";

Deno.test("EventPayloadJson keeps the text that came in byte for byte", () => {
  for (const text of [" [1.0,2 ,\t1e5]\n", '{"b":1,"a":2,"a":3}', '"\\u0061č"', "NaN"]) {
    const payload = EventPayloadJson.fromText(text);
    assert.equal(payload.text, text);
    assert.notEqual(payload.data, undefined);
    assert.equal(payload.text, text);
  }
});

Deno.test("EventPayloadJson reads its value once", () => {
  const payload = EventPayloadJson.fromText("[1, {}]");
  assert.equal(payload.data, payload.data);
  assert.deepEqual(payload.data, [1, {}]);
  assert.equal(EventPayloadJson.of(null).data, null);
});

Deno.test("EventPayloadJson is not changed by what its value becomes", () => {
  const value = { a: 1 };
  const payload = EventPayloadJson.of(value);
  value.a = 2;
  assert.equal(payload.text, '{"a": 1}');
  assert.deepEqual(payload.data, { a: 1 });
});

Deno.test("EventPayloadJson refuses text that is no JSON at once, known text when it is read", () => {
  assert.throws(() => EventPayloadJson.fromText("{"), SyntaxError);
  assert.throws(() => EventPayloadJson.fromText(1 as unknown as string), {
    name: "TypeError",
    message: "Cannot make payload as 'text' must be a string: current value is 1",
  });
  const payload = EventPayloadJson.fromKnownText("{");
  assert.throws(() => payload.data, SyntaxError);
});

Deno.test("Payloads with other contents are not deeply equal", () => {
  assert.deepEqual(EventPayloadJson.of([1]), EventPayloadJson.fromText("[1]"));
  assert.notDeepEqual(EventPayloadJson.of([1]), EventPayloadJson.of([2]));
  const bytes = new Uint8Array([1]);
  assert.notDeepEqual(new EventPayloadBinary("a", bytes), new EventPayloadBinary("b", bytes));
});

Deno.test("EventPayloadBinary refuses parts of the wrong kind", () => {
  assert.throws(() => new EventPayloadBinary(1 as unknown as string, new Uint8Array()), {
    name: "TypeError",
    message: "Cannot make payload as 'type' must be a string: current value is 1",
  });
  assert.throws(() => new EventPayloadBinary("a", "b" as unknown as Uint8Array), {
    name: "TypeError",
    message: "Cannot make payload as 'data' must be a Uint8Array: current value is b",
  });
});
