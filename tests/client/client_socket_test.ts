import assert from "node:assert/strict";
import { concatBytes } from "../../lib/base/bytes.ts";
import { ClientSocket, type SocketEnd } from "../../lib/client/socket/client_socket.ts";
import { clientFrame, OPCODE } from "../../lib/client/socket/frame.ts";
import { forSeeds } from "../random.ts";
import { FakeCollector } from "./fake_collector.ts";

function open(port: number): Promise<ClientSocket> {
  const url = new URL(`ws://127.0.0.1:${port}/event`);
  const options = { hostname: "127.0.0.1", port, secure: false, caCerts: [], protocol: "theia.v1" };
  return ClientSocket.open({ ...options, url }, new AbortController().signal);
}

/** A frame as a server sends it. */
function frame(opcode: number, payload: Uint8Array, isFinal = true): Uint8Array {
  const { length } = payload;
  const head = length < 126 ? [length] : [126, length >> 8, length & 255];
  return concatBytes([Uint8Array.of((isFinal ? 128 : 0) | opcode, ...head), payload]);
}

/** A server that takes the upgrade of one client and then says these bytes, in pieces. */
async function say(pieces: readonly Uint8Array[]): Promise<{
  readonly messages: (string | Uint8Array)[];
  readonly end: SocketEnd;
}> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = listener.accept().then(async (conn) => {
    const buffer = new Uint8Array(4096);
    const head = new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
    const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(head)?.[1] ?? "";
    const guid = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const accept = new Uint8Array(await crypto.subtle.digest("SHA-1", guid)).toBase64();
    const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
      `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    for (const piece of [new TextEncoder().encode(answer), ...pieces]) {
      for (let at = 0; at < piece.length;) at += await conn.write(piece.subarray(at));
    }
    await conn.closeWrite();
    while (await conn.read(buffer).catch(() => null) !== null);
    conn.close();
  });
  const socket = await open(listener.addr.port);
  const messages: (string | Uint8Array)[] = [];
  const end = new Promise<SocketEnd>((resolve) => socket.onend = resolve);
  socket.onmessage = (message) => messages.push(message);
  socket.start();
  const ended = await end;
  await serving;
  return { messages, end: ended };
}

const CLOSE = frame(OPCODE.CLOSE, Uint8Array.of(3, 232, 98, 121, 101));

Deno.test("ClientSocket sends messages of every length whole, and leaves them as they are", async () => {
  const received: (string | Uint8Array)[] = [];
  const done = Promise.withResolvers<void>();
  const lengths = [0, 1, 2, 3, 4, 5, 125, 126, 127, 1000, 65535, 65536, 65537, 3_000_001];
  await using collector = new FakeCollector({
    onMessage(_, message) {
      received.push(message);
      if (received.length === lengths.length + 1) done.resolve();
    },
  });
  const socket = await open(collector.port);
  const ended = new Promise<SocketEnd>((resolve) => socket.onend = resolve);
  socket.start();
  const sent = lengths.map((length) => Uint8Array.from({ length }, (_, i) => i * 7 + length));
  const copies = sent.map((message) => message.slice());
  for (const message of sent) socket.send(message);
  socket.send("ä\u{1f525}");
  await done.promise;
  assert.deepEqual(received, [...copies, "ä\u{1f525}"]);
  assert.deepEqual(sent, copies);
  assert.equal(socket.bufferedAmount, 0);
  socket.close(1000);
  assert.deepEqual(await ended, { code: 1000, reason: "", error: undefined });
});

Deno.test("ClientSocket joins the pieces of messages, however they are cut into segments", async () => {
  await forSeeds(20, async (random) => {
    const expected: (string | Uint8Array)[] = [];
    const frames: Uint8Array[] = [];
    for (let count = random.int(1, 20); count > 0; count--) {
      const parts = Array.from(
        { length: random.int(1, 3) },
        () => new Uint8Array(random.int(0, random.pick([10, 300]))).fill(65 + random.below(26)),
      );
      const isText = random.chance(0.5);
      for (const [i, part] of parts.entries()) {
        const opcode = i > 0 ? OPCODE.CONTINUATION : isText ? OPCODE.TEXT : OPCODE.BINARY;
        frames.push(frame(opcode, part, i === parts.length - 1));
        if (random.chance(0.2)) frames.push(frame(OPCODE.PING, Uint8Array.of(1)));
      }
      const whole = concatBytes(parts);
      expected.push(isText ? new TextDecoder().decode(whole) : whole);
    }
    const bytes = concatBytes([...frames, CLOSE]);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = random.int(1, 200);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    const { messages, end } = await say(pieces);
    assert.deepEqual(messages, expected);
    assert.deepEqual(end, { code: 1000, reason: "bye", error: undefined });
  });
});

for (
  const [what, bytes, message] of [
    ["a masked frame", clientFrame(OPCODE.TEXT, Uint8Array.of(65)), /must not mask/],
    ["reserved bits", Uint8Array.of(0xc2, 0), /reserved bits/],
    ["an unknown kind", Uint8Array.of(0x83, 0), /unknown kind 3/],
    ["a piece without a beginning", Uint8Array.of(0x80, 0), /out of place/],
    ["a control frame in pieces", Uint8Array.of(0x09, 0), /whole and short/],
    ["a huge message", Uint8Array.of(0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0), /too large/],
    ["half a frame", Uint8Array.of(0x82, 5, 1, 2), /the connection ended/],
    ["nothing", new Uint8Array(0), /the connection ended/],
  ] as const
) {
  Deno.test(`ClientSocket ends with an error when the server says ${what}`, async () => {
    const { end } = await say([bytes]);
    assert.equal(end.code, 0);
    assert.match(end.error ?? "", message);
  });
}
