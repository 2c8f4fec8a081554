import assert from "node:assert/strict";
import { PONG } from "../../../lib/hat/chatter/message.ts";
import { within } from "../eventer/peer.ts";
import { kindOf, NOTHING, Wire } from "./wire.ts";

const BAD: readonly (readonly [string, (wire: Wire) => Promise<void>, RegExp])[] = [
  ["bytes that are no frame", (wire) => wire.write(new Uint8Array(20)), /1 to 6 bytes/],
  [
    "a frame that is too long",
    (wire) => wire.write(new Uint8Array([3, 255, 0, 0])),
    /at most 1000/,
  ],
  [
    "a frame that is no message",
    (wire) => wire.write(new Uint8Array([1, 3, 9, 9, 9])),
    /at byte 0/,
  ],
  ["an id of 0", (wire) => wire.send({ id: 0 }), /must be positive safe integers/],
  [
    "an answer that nobody waits for",
    (wire) => wire.send({ owner: false }),
    /our conversation 1, which is not open/,
  ],
  [
    "more of what was not begun",
    (wire) => wire.send({ id: 2, first: 1 }),
    /the peer's conversation 1, which is not/,
  ],
  ["a pong without ping", (wire) => wire.send({ owner: false, type: PONG }), /not open/],
  ["an end within a message", async (wire) => {
    await wire.write(new Uint8Array([1, 3, 9]));
    wire.socket.close();
  }, /ended within/],
];

for (const [name, send, pattern] of BAD) {
  Deno.test(`ChatterConnection ends by ${name}, and gives what came before`, async () => {
    await using wire = new Wire({ maxMessageBytes: 1000 });
    await wire.send({ id: 1, type: "before" });
    await send(wire);
    assert.equal((await wire.connection.receive())?.type, "before");
    assert.equal(await within(wire.connection.receive(), "the end"), undefined);
    assert.equal(kindOf(wire), "protocol");
    assert.match(wire.connection.failure?.message ?? "", pattern);
  });
}

Deno.test("ChatterConnection ends by a second answer, one that is not the last, and a false pong", async () => {
  for (const kind of ["second", "not last", "false pong"] as const) {
    await using wire = new Wire({ pingDelayMs: 100 });
    const request = wire.connection.request("Q", NOTHING);
    const settled = request.then(() => "answered", () => "rejected");
    await wire.receive();
    if (kind === "false pong") {
      wire.clock.advance(100);
      await wire.receive();
      await wire.send({ id: 1, first: 2, owner: false, type: "R" });
    } else {
      await wire.send({ id: 1, first: 1, owner: false, type: "R", last: kind === "second" });
      if (kind === "second") await wire.send({ id: 2, first: 1, owner: false, type: "R" });
    }
    assert.equal((await wire.failure())?.kind, "protocol", kind);
    assert.equal(await within(settled, kind), kind === "second" ? "answered" : "rejected");
  }
});
