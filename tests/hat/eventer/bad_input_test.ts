import assert from "node:assert/strict";
import { INIT_REQUEST, REGISTER_REQUEST } from "../../../lib/hat/eventer/messages.ts";
import { BadInputBench, EVENT } from "./bad_input_bench.ts";
import { Peer, until } from "./peer.ts";

const INIT = INIT_REQUEST.encode({
  clientName: "bad",
  clientToken: undefined,
  subscriptions: [],
  serverId: undefined,
  persisted: false,
});

const REGISTER = REGISTER_REQUEST.encode([EVENT]);

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

/** What is sent instead of the first message, and what the server says about it. */
const STRANGERS: readonly (readonly [string, (peer: Peer) => Promise<unknown>, RegExp])[] = [
  [
    "HTTP",
    (peer) => peer.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")),
    /1 to 6 bytes/,
  ],
  ["a frame of 1 TB", (peer) => peer.write(bytes("06010000000000")), /at most 1048576 bytes/],
  ["a frame without message", (peer) => peer.write(bytes("0100")), /HatChatter.Msg at byte 0/],
  [
    "another message",
    (peer) => peer.sendValue("MsgRegisterReq", []),
    /no 'HatEventer.MsgRegisterReq' is/,
  ],
  [
    "an init that ends the conversation",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT }),
    /and ends it/,
  ],
  [
    "an init as an answer",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT, owner: false, last: false }),
    /not open/,
  ],
  [
    "an init that is cut",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT.subarray(0, 5), last: false }),
    /MsgInitReq at byte 5/,
  ],
  [
    "an init with more at its end",
    (peer) =>
      peer.send({ type: "HatEventer.MsgInitReq", data: new Uint8Array([...INIT, 0]), last: false }),
    /1 bytes follow/,
  ],
  ["a server id beyond safe integers", (peer) =>
    peer.sendValue("MsgInitReq", {
      clientName: "bad",
      clientToken: { name: "none", value: null },
      subscriptions: [],
      serverId: { name: "value", value: 2n ** 60n },
      persisted: false,
    }, { last: false }), /must be a safe integer/],
  ["a part of a message, and then its end", async (peer) => {
    await peer.write(bytes("0120aa"));
    await peer.closeWrite();
  }, /ended within/],
];

for (const [name, send, pattern] of STRANGERS) {
  Deno.test(`EventerServer closes without an answer by ${name} instead of a greeting`, async () => {
    await using bench = await BadInputBench.start();
    using peer = await Peer.connect(bench.port);
    await send(peer);
    assert.equal(await peer.receiveEnd(), 0);
    assert.match(await bench.failure(), pattern);
    assert.deepEqual(bench.service.connected, ["good"]);
    await bench.checkGood();
  });
}

/** What a client that was accepted sends, and what the server says about it. */
const CLIENTS: readonly (readonly [string, (peer: Peer) => Promise<unknown>, RegExp])[] = [
  [
    "a second init",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT, last: false }),
    /no 'HatEventer.MsgInitReq'/,
  ],
  [
    "a message of the server",
    (peer) => peer.sendValue("MsgStatusNotify", { name: "operational", value: null }),
    /MsgStatusNotify/,
  ],
  [
    "an unknown type",
    (peer) => peer.send({ type: "HatEventer.MsgForgetReq", last: false }),
    /no 'HatEventer.MsgForgetReq' is expected/,
  ],
  ["an empty type", (peer) => peer.send({ type: "" }), /no '' is expected/],
  [
    "a query that wants no answer",
    (peer) =>
      peer.sendValue("MsgQueryReq", {
        name: "latest",
        value: { eventTypes: { name: "none", value: null } },
      }),
    /MsgQueryReq/,
  ],
  ["a query with a bad query type", (peer) =>
    peer.sendValue("MsgQueryReq", {
      name: "latest",
      value: { eventTypes: { name: "value", value: [["*", "a"]] } },
    }, { last: false }), /must be its last segment/],
  ["a query that cannot be answered", (peer) =>
    peer.sendValue("MsgQueryReq", {
      name: "server",
      value: {
        serverId: 1,
        persisted: false,
        maxResults: { name: "none", value: null },
        lastEventId: { name: "value", value: { server: 1, session: 666, instance: 1 } },
      },
    }, { last: false }), /no such/],
  [
    "an acknowledgement that nobody waits for",
    (peer) => peer.send({ type: "HatEventer.MsgEventsAck", first: 1, owner: false }),
    /not open/,
  ],
  [
    "more in a conversation that is over",
    (peer) => peer.send({ type: "HatEventer.MsgRegisterReq", first: 1, data: REGISTER }),
    /the peer's conversation 1/,
  ],
  [
    "a request that is cut",
    (peer) => peer.send({ type: "HatEventer.MsgRegisterReq", data: REGISTER.subarray(0, 2) }),
    /1 elements go beyond/,
  ],
  [
    "a request of a newer version with more at its end",
    (peer) =>
      peer.send({ type: "HatEventer.MsgRegisterReq", data: new Uint8Array([...REGISTER, 1, 2]) }),
    /2 bytes follow the value/,
  ],
  [
    "a count beyond the message",
    (peer) => peer.send({ type: "HatEventer.MsgRegisterReq", data: bytes("017f7f7f7fff") }),
    /elements go beyond/,
  ],
  ["a payload that is not JSON", (peer) =>
    peer.sendValue("MsgRegisterReq", [{
      type: ["a"],
      sourceTimestamp: { name: "none", value: null },
      payload: { name: "value", value: { name: "json", value: "{" } },
    }]), /JSON/],
  ["a timestamp out of range", (peer) =>
    peer.sendValue("MsgRegisterReq", [{
      type: ["a"],
      sourceTimestamp: { name: "value", value: { s: 2n ** 70n, us: 0 } },
      payload: { name: "none", value: null },
    }]), /'s' must fit into 64 bits/],
  ["bytes that are no frame", (peer) => peer.write(new Uint8Array(64)), /1 to 6 bytes/],
];

for (const [name, send, pattern] of CLIENTS) {
  Deno.test(`EventerServer closes without an answer by ${name}, and handles what came before`, async () => {
    await using bench = await BadInputBench.start();
    using peer = await Peer.init(bench.port);
    await peer.sendValue("MsgRegisterReq", [], { last: false });
    await send(peer);
    const answer = await peer.receive();
    assert.equal(answer?.type, "HatEventer.MsgRegisterRes");
    assert.equal(await peer.receiveEnd(), 0);
    assert.match(await bench.failure(), pattern);
    await until(() => bench.service.disconnected.length === 1, "the farewell");
    assert.deepEqual(bench.service.registrations.map(({ events }) => events.length), [0]);
    await bench.checkGood();
  });
}
