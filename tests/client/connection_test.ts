import assert from "node:assert/strict";
import { ConnectError } from "../../lib/client/connect_error.ts";
import { socketUrl } from "../../lib/client/address.ts";
import { connect } from "../../lib/client/connection.ts";
import { FakeCollector } from "./fake_collector.ts";
import { freePort } from "../e2e/free_port.ts";

const TARGET = { host: "127.0.0.1", path: "/event", protocol: "theia.v1" };

/** The error of an attempt that must fail. */
async function failure(attempt: Promise<unknown>): Promise<ConnectError> {
  const error = await attempt.then(() => assert.fail("connected"), (error: unknown) => error);
  assert(error instanceof ConnectError, String(error));
  return error;
}

/** The port of a server that answers every request with a status. */
async function withStatus(status: number, run: (port: number) => Promise<void>): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("no", { status }),
  );
  await run(server.addr.port);
  await server.shutdown();
}

Deno.test("socketUrl names the address", () => {
  assert.equal(socketUrl({ path: "/find" }), "ws://localhost:6433/find");
  const url = socketUrl({ host: "example.org", port: 1, secure: true, path: "/live" });
  assert.equal(url, "wss://example.org:1/live");
});

Deno.test("socketUrl puts IPv6 addresses in brackets", () => {
  assert.equal(socketUrl({ host: "::1", port: 2, path: "/find" }), "ws://[::1]:2/find");
  assert.equal(socketUrl({ host: "[fe80::2]", port: 2, path: "/find" }), "ws://[fe80::2]:2/find");
});

Deno.test("socketUrl refuses what is no host and no port", () => {
  for (const host of ["", "a b", "a/b", "user@a", "a:1/x?", "a#"]) {
    assert.throws(() => socketUrl({ host, path: "/find" }), /'host' must be a host name/, host);
  }
  for (const port of [0, 65536, 1.5, NaN]) {
    assert.throws(() => socketUrl({ port, path: "/find" }), /'port' must be an integer/);
  }
});

Deno.test("connect says that a host does not resolve", async () => {
  const error = await failure(connect({ ...TARGET, host: "no-such-host.invalid", port: 6433 }));
  assert.equal(error.failure, "unresolved");
  assert.match(
    error.message,
    /^Cannot connect to collector at ws:\/\/no-such-host.invalid:6433\/event: .*does not resolve/,
  );
});

Deno.test("connect says that nothing listens", async () => {
  const error = await failure(connect({ ...TARGET, port: freePort() }));
  assert.equal(error.failure, "unreachable");
  assert.match(error.message, /nothing answers there/);
});

Deno.test("connect says that another server answers, with its status", async () => {
  for (const status of [200, 301, 404, 426]) {
    await withStatus(status, async (port) => {
      const error = await failure(connect({ ...TARGET, port }));
      assert.equal(error.failure, "refused");
      assert.equal(error.status, status);
      assert.match(error.message, new RegExp(`not a collector \\(HTTP status ${status}\\)`));
    });
  }
});

Deno.test("connect tells denied access and a busy collector apart", async () => {
  await withStatus(403, async (port) => {
    assert.match((await failure(connect({ ...TARGET, port }))).message, /denies access/);
  });
  await withStatus(503, async (port) => {
    assert.match((await failure(connect({ ...TARGET, port }))).message, /cannot take .* now/);
  });
});

Deno.test("connect says that the server uses no TLS", async () => {
  await withStatus(200, async (port) => {
    const error = await failure(connect({ ...TARGET, port, secure: true }));
    assert.equal(error.failure, "tls");
  });
});

Deno.test("connect says that something else than HTTP answers", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = listener.accept().then(async (conn) => {
    await conn.read(new Uint8Array(4096));
    await conn.write(new TextEncoder().encode("SSH-2.0-server\r\n"));
    conn.close();
  });
  const error = await failure(connect({ ...TARGET, port: listener.addr.port }));
  assert.equal(error.failure, "foreign");
  await answering;
});

Deno.test("connect gives up when nothing answers in time", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const port = listener.addr.port;
  const error = await failure(connect({ ...TARGET, port, connectTimeoutMs: 20 }));
  assert.equal(error.failure, "timeout");
  assert.match(error.message, /no answer within 20 ms/);
  (await accepting).close();
});

Deno.test("connect rejects with the signal's reason", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const controller = new AbortController();
  const port = listener.addr.port;
  const connecting = connect({ ...TARGET, port, signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(connecting, /^Error: enough$/);
  await assert.rejects(connect({ ...TARGET, port, signal: controller.signal }), /^Error: enough$/);
  (await accepting).close();
});

Deno.test("connect refuses a server that does not choose the protocol", async () => {
  await using collector = new FakeCollector({}, { protocol: "" });
  const error = await failure(connect({ ...TARGET, ...collector.address }));
  assert.equal(error.failure, "protocol");
  assert.match(error.message, /does not speak 'theia.v1'/);
});

Deno.test("Connection hands on messages in order, and ends after the last", async () => {
  await using collector = new FakeCollector({
    onOpen({ socket, send }) {
      send("one");
      send(new Uint8Array([2]));
      socket.close(1000, "bye");
    },
  });
  await using connection = await connect({ ...TARGET, ...collector.address });
  assert.deepEqual(await Array.fromAsync(connection), ["one", new Uint8Array([2])]);
  assert.deepEqual(await connection.closed, {
    code: 1000,
    reason: "closed by the collector with code 1000: bye",
  });
});

Deno.test("Connection closes once, however often it is told to", async () => {
  await using collector = new FakeCollector({});
  const connection = await connect({ ...TARGET, ...collector.address });
  await Promise.all([connection.close("done"), connection.close(), connection.close()]);
  assert.equal((await connection.closed).reason, "done");
  connection.send("too late");
  assert.deepEqual(await Array.fromAsync(connection), []);
});

Deno.test("Connection says that it broke", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using collector = new FakeCollector({});
  const passing = listener.accept().then(async (client) => {
    const server = await Deno.connect({ ...collector.address, hostname: "127.0.0.1" });
    const buffer = new Uint8Array(4096);
    await server.write(buffer.subarray(0, await client.read(buffer) ?? 0));
    await client.write(buffer.subarray(0, await server.read(buffer) ?? 0));
    client.close();
    server.close();
  });
  await using connection = await connect({ ...TARGET, port: listener.addr.port });
  assert.deepEqual(await Array.fromAsync(connection), []);
  const { code, reason } = await connection.closed;
  assert.equal(code, 1006);
  assert.match(reason, /^connection lost: ./);
  await passing;
});

Deno.test("Connection rejects with the signal's reason and closes", async () => {
  await using collector = new FakeCollector({});
  const controller = new AbortController();
  const { signal } = controller;
  await using connection = await connect({ ...TARGET, ...collector.address, signal });
  const reading = Array.fromAsync(connection);
  controller.abort(new Error("enough"));
  await assert.rejects(reading, /^Error: enough$/);
  assert.equal((await connection.closed).reason, "aborted");
});

Deno.test("Connection gives up when more waits than may, after what was received", async () => {
  await using collector = new FakeCollector({
    onOpen({ send }) {
      for (let i = 0; i < 10; i++) send(new Uint8Array(1000));
    },
  });
  await using connection = await connect({ ...TARGET, ...collector.address });
  connection.limitBuffer(3500);
  const { reason } = await connection.closed;
  assert.match(reason, /more than 3500 bytes wait/);
  assert.equal((await Array.fromAsync(connection)).length, 5);
});

Deno.test("Connection waits until what was sent has left", async () => {
  let received = 0;
  await using collector = new FakeCollector({
    onMessage: (_, message) => void (received += message.length),
  });
  const connection = await connect({ ...TARGET, ...collector.address });
  for (let i = 0; i < 16; i++) connection.send(new Uint8Array(1 << 20));
  assert(connection.bufferedAmount > 0);
  assert.equal(await connection.drained(0), true);
  assert.equal(connection.bufferedAmount, 0);
  await connection.close();
  assert.equal(await connection.drained(0), false);
  assert.equal(received, 16 << 20);
});
