import assert from "node:assert/strict";
import { CollectorProgram } from "./collector_program.ts";
import { frame } from "./raw_client.ts";
import { countStored, untilStored } from "./raw_requests.ts";
import { clientFrame, closeCode, OPCODE, RawSocket, UPGRADE_HEADERS } from "./raw_socket.ts";
import { TempDirectory } from "./temp_directory.ts";

const decoder = new TextDecoder();

function withCollector(name: string, run: (collector: CollectorProgram) => Promise<void>): void {
  Deno.test(name, async () => {
    await using directory = await TempDirectory.make();
    await using collector = await CollectorProgram.start([
      "-U",
      `sqlite:///${directory.file("data")}/events.db`,
    ]);
    await run(collector);
    assert.equal((await collector.stop()).code, 0);
  });
}

function event(id: string): Uint8Array<ArrayBuffer> {
  return frame({ id, timestamp: 1_600_000_000, source: "raw", tags: ["t"], content: `<${id}> ✓` });
}

async function statusOf(port: number, path: string, headers: string): Promise<string> {
  using socket = await RawSocket.open(port);
  return await socket.request(path, headers);
}

withCollector("Requests that are no WebSockets of the collector get 404, 426, 403", async (c) => {
  assert.match(await statusOf(c.port, "/nowhere", UPGRADE_HEADERS), /^HTTP\/1\.1 404 /);
  assert.match(await statusOf(c.port, "/eventually", UPGRADE_HEADERS), /^HTTP\/1\.1 404 /);
  for (const path of ["/event", "/find", "/live"]) {
    const head = await statusOf(c.port, path, "");
    assert.match(head, /^HTTP\/1\.1 426 /);
    assert.match(head, /^upgrade: websocket$/im);
    const foreign = `${UPGRADE_HEADERS}Origin: http://evil.example\r\n`;
    assert.match(await statusOf(c.port, path, foreign), /^HTTP\/1\.1 403 /);
  }
  const own = `${UPGRADE_HEADERS}Origin: http://localhost\r\n`;
  assert.match(await statusOf(c.port, "/find", own), /^HTTP\/1\.1 101 /);
  assert.match(await statusOf(c.port, "/healthz", ""), /^HTTP\/1\.1 200 /);
});

withCollector("Messages in fragments of any size are put together", async (c) => {
  using socket = await RawSocket.connect(c.port, "/event");
  const bytes = event("fragments");
  for (const [i, byte] of bytes.entries()) {
    const opcode = i === 0 ? OPCODE.BINARY : OPCODE.CONTINUATION;
    await socket.send(opcode, new Uint8Array([byte]), i === bytes.length - 1);
  }
  // A frame that comes byte by byte, and two messages that come in one piece.
  for (const byte of clientFrame(OPCODE.TEXT, event("bytes"))) {
    await socket.sendBytes(new Uint8Array([byte]));
  }
  const two = ["first", "second"].map((id) => clientFrame(OPCODE.BINARY, event(id)));
  await socket.sendBytes(new Uint8Array(two.flatMap((frame) => [...frame])));
  await untilStored(c.url, 4);
});

withCollector("Pings are answered, between fragments, too", async (c) => {
  using socket = await RawSocket.connect(c.port, "/event", "theia.v1");
  const bytes = event("ping");
  await socket.send(OPCODE.BINARY, bytes.subarray(0, 20), false);
  await socket.send(OPCODE.PING, "are you there?");
  const pong = await socket.receive();
  assert.equal(pong?.opcode, OPCODE.PONG);
  assert.equal(decoder.decode(pong.payload), "are you there?");
  await socket.send(OPCODE.CONTINUATION, bytes.subarray(20));
  const ack = await socket.receive();
  assert.deepEqual(JSON.parse(decoder.decode(ack?.payload)), { ack: 1, events: 1, duplicates: 0 });
  await socket.send(OPCODE.PONG, "nobody asked");
  await socket.send(OPCODE.CLOSE, new Uint8Array([0x03, 0xe8]));
  const close = await socket.receive();
  assert.equal(close?.opcode, OPCODE.CLOSE);
  assert.equal(closeCode(close), 1000);
  assert.equal(await socket.receive(), undefined);
});

withCollector("A find by hand gets text ok, binary events and a close frame of 1000", async (c) => {
  using producer = await RawSocket.connect(c.port, "/event");
  for (const id of ["a", "b"]) await producer.send(OPCODE.TEXT, event(id));
  await untilStored(c.url, 2);
  using socket = await RawSocket.connect(c.port, "/find");
  await socket.send(OPCODE.TEXT, '{"so', false);
  await socket.send(OPCODE.CONTINUATION, 'urce": "raw"}');
  const ok = await socket.receive();
  assert.deepEqual([ok?.opcode, decoder.decode(ok?.payload)], [OPCODE.TEXT, "ok"]);
  for (const id of ["a", "b"]) {
    const message = await socket.receive();
    assert.equal(message?.opcode, OPCODE.BINARY);
    assert.deepEqual(message.payload, event(id));
  }
  const close = await socket.receive();
  assert.equal(close?.opcode, OPCODE.CLOSE);
  assert.equal(closeCode(close), 1000);
  await socket.send(OPCODE.CLOSE, close.payload);
  assert.equal(await socket.receive(), undefined);
});

withCollector(
  "A client that breaks the protocol or leaves is nobody's trouble but its own",
  async (c) => {
    using good = await RawSocket.connect(c.port, "/event", "theia.v1");
    const frames: readonly Uint8Array[] = [
      clientFrame(OPCODE.TEXT, new Uint8Array([0xff, 0xfe, 0x41])),
      clientFrame(OPCODE.CONTINUATION, "nothing to continue"),
      clientFrame(0x3, "reserved"),
      clientFrame(OPCODE.CLOSE, new Uint8Array([0x00])),
      new Uint8Array([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
      clientFrame(OPCODE.BINARY, event("cut")).subarray(0, 40),
    ];
    for (const bytes of frames) {
      using bad = await RawSocket.connect(c.port, "/event");
      await bad.sendBytes(bytes);
    }
    for (const bytes of frames.slice(0, -1)) {
      using bad = await RawSocket.connect(c.port, "/event");
      await bad.sendBytes(bytes);
      // It is told or cut off, whichever the runtime does.
      await bad.receive().catch(() => {});
    }
    await good.send(OPCODE.BINARY, event("good"));
    const ack = await good.receive();
    assert.deepEqual(JSON.parse(decoder.decode(ack?.payload)), {
      ack: 1,
      events: 1,
      duplicates: 0,
    });
    assert.equal(await countStored(c.url), 1);
  },
);
