import assert from "node:assert/strict";
import { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import type { ChatterMessage } from "../../../lib/hat/chatter/message.ts";
import { until, within } from "../eventer/peer.ts";
import { kindOf, NOTHING, pair, payload, Wire } from "./wire.ts";

Deno.test("ChatterConnection counts messages and names conversations as Hat does", async () => {
  await using wire = new Wire();
  const { connection } = wire;
  connection.send("A", payload(1));
  const own = connection.send("B", payload(2), { last: false });
  assert.deepEqual(await wire.receive(), {
    ...{ id: 1, first: 1, owner: true, token: true, last: true, type: "A", data: payload(1) },
  });
  assert.deepEqual(await wire.receive(), {
    ...{ id: 2, first: 2, owner: true, token: true, last: false, type: "B", data: payload(2) },
  });
  assert.deepEqual(own, { isOwn: true, first: 2 });
  connection.send("C", NOTHING, { conversation: own });
  const third = await wire.receive();
  assert.deepEqual([third?.id, third?.first, third?.owner, third?.last], [3, 2, true, true]);
  await wire.send({ id: 7, last: false });
  const question = await connection.receive();
  assert.equal(question?.first, 7);
  connection.send("D", NOTHING, { conversation: { isOwn: false, first: 7 } });
  const fourth = await wire.receive();
  assert.deepEqual([fourth?.id, fourth?.first, fourth?.owner, fourth?.last], [4, 7, false, true]);
});

Deno.test("ChatterConnection gives answers to who asked, in any order, and not to who receives", async () => {
  await using both = pair();
  const answers = [1, 2, 3].map((n) => both.left.request("Q", payload(n)));
  const questions: ChatterMessage[] = [];
  for (let i = 0; i < 3; i++) {
    const question = await both.right.receive();
    assert(question !== undefined);
    questions.push(question);
  }
  both.right.send("N", NOTHING);
  for (const { first, data } of questions.toReversed()) {
    both.right.send("R", data, { conversation: { isOwn: false, first } });
  }
  const lengths = (await Promise.all(answers)).map(({ data }) => data.length);
  assert.deepEqual(lengths, [1, 2, 3]);
  assert.equal((await both.left.receive())?.type, "N");
});

Deno.test("ChatterConnection takes and gives messages in any pieces", async () => {
  let size = 1;
  await using both = pair({}, { capacity: 40, pieceSize: () => size = size % 7 + 1 });
  for (let n = 0; n < 50; n++) both.left.send("A", payload(n));
  for (let n = 0; n < 50; n++) assert.deepEqual((await both.right.receive())?.data, payload(n));
});

Deno.test("ChatterConnection.close sends what is queued, and waits for the peer", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1 << 20 }, { capacity: 100 });
  for (let n = 0; n < 20; n++) wire.connection.send("A", payload(500));
  let isClosed = false;
  const closing = wire.connection.close().then(() => isClosed = true);
  assert.throws(() => wire.connection.send("A", NOTHING), { name: "ChatterError", kind: "closed" });
  assert.equal(wire.connection.close(), wire.connection.close());
  await wire.send({ id: 1 });
  for (let n = 0; n < 20; n++) assert.equal((await wire.receive())?.id, n + 1);
  assert.equal(await wire.receive(), undefined);
  assert(!isClosed);
  wire.socket.close();
  await within(closing, "the close");
  assert.equal(kindOf(wire), undefined);
  assert.equal(await wire.connection.receive(), undefined);
});

Deno.test("ChatterConnection.close gives up when the peer does not close, or takes nothing", async () => {
  for (const capacity of [10, 100_000]) {
    await using wire = new Wire({ closeTimeoutMs: 50 }, { capacity });
    wire.connection.send("A", payload(1000));
    const closing = wire.connection.close();
    await until(() => wire.clock.waiting > 1, "the time limit");
    wire.clock.advance(50);
    await within(closing, "the close");
    assert.equal(kindOf(wire), "timeout");
  }
});

Deno.test("ChatterConnection rejects requests when it ends, whoever ends it", async () => {
  for (const end of ["close", "abort", "peer"] as const) {
    await using wire = new Wire();
    const request = wire.connection.request("Q", NOTHING);
    const rejected = assert.rejects(request, { name: "ChatterError", kind: "closed" });
    await wire.receive();
    if (end === "close") void wire.connection.close();
    if (end === "abort") wire.connection.abort(new ChatterError("closed", "enough"));
    wire.socket.close();
    await within(rejected, "the rejection");
  }
});

Deno.test("ChatterConnection rejects a request that comes when the peer sends nothing any more", async () => {
  await using wire = new Wire();
  await wire.socket.closeWrite();
  await wire.connection.receive();
  const request = wire.connection.request("Q", NOTHING);
  await within(assert.rejects(request, { name: "ChatterError", kind: "closed" }), "the rejection");
});
