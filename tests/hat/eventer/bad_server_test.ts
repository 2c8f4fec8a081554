import assert from "node:assert/strict";
import { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import type { ChatterMessage } from "../../../lib/hat/chatter/message.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import { Peer } from "./peer.ts";

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

/** What a server sends to a client, and how the client's connection ends. */
const SERVERS: readonly (readonly [string, (peer: Peer) => Promise<unknown>, RegExp])[] = [
  ["bytes that are no frame", (peer) => peer.write(new Uint8Array(9)), /1 to 6 bytes/],
  [
    "an unknown type",
    (peer) => peer.send({ type: "HatEventer.MsgNews" }),
    /no 'HatEventer.MsgNews'/,
  ],
  [
    "a status that none is",
    (peer) => peer.send({ type: "HatEventer.MsgStatusNotify", data: bytes("84") }),
    /index 4/,
  ],
  [
    "a status that waits for an answer",
    (peer) => peer.send({ type: "HatEventer.MsgStatusNotify", data: bytes("80"), last: false }),
    /waits for an answer/,
  ],
  [
    "events that are cut",
    (peer) => peer.send({ type: "HatEventer.MsgEventsNotify", data: bytes("8181") }),
    /elements go beyond/,
  ],
  [
    "an answer to nothing",
    (peer) => peer.send({ type: "HatEventer.MsgQueryRes", first: 9, owner: false }),
    /not open/,
  ],
];

for (const [name, send, pattern] of SERVERS) {
  Deno.test(`EventerClient ends by ${name}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connecting = EventerClient.connect({ port: listener.addr.port, clientName: "me" });
    using peer = new Peer(await listener.accept());
    const { first = 0 } = await peer.receive() as ChatterMessage;
    await peer.send({ type: "HatEventer.MsgInitRes", first, owner: false, data: bytes("8082") });
    await using client = await connecting;
    await send(peer);
    const request = assert.rejects(client.query({ kind: "latest" }), ChatterError);
    assert.match(String(await client.ended), pattern);
    peer[Symbol.dispose]();
    await request;
  });
}

Deno.test("EventerClient.connect fails when the server answers with something else, or closes", async () => {
  for (const type of ["HatEventer.MsgQueryRes", "HatEventer.MsgInitRes", undefined]) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connecting = EventerClient.connect({ port: listener.addr.port, clientName: "me" });
    const rejected = assert.rejects(connecting, { name: /ChatterError|SbsError/ });
    using peer = new Peer(await listener.accept());
    const { first = 0 } = await peer.receive() as ChatterMessage;
    if (type !== undefined) await peer.send({ type, first, owner: false, data: bytes("85") });
    peer[Symbol.dispose]();
    await rejected;
  }
});
