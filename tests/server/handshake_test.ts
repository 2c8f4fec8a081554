import assert from "node:assert/strict";
import { Bench } from "./fixtures.ts";

async function upgrade(
  bench: Bench,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: Headers; text: string }> {
  // fetch may not set these headers: a bare connection does.
  const { port } = bench.collector;
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = Object.entries({ host: `localhost:${port}`, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await connection.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${lines}\r\n`));
  const buffer = new Uint8Array(4096);
  const length = await connection.read(buffer) ?? 0;
  connection.close();
  const [head = "", text = ""] = new TextDecoder().decode(buffer.subarray(0, length))
    .split("\r\n\r\n");
  const [first = "", ...rest] = head.split("\r\n");
  const pairs = rest.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: Number(first.split(" ")[1]), headers: new Headers(pairs), text };
}

const SOCKET = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

Deno.test("Collector answers an unknown path with 404 and the known ones", async () => {
  await using bench = await Bench.start();
  const response = await fetch(`http://127.0.0.1:${bench.collector.port}/nope`);
  assert.equal(response.status, 404);
  assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
  assert.match(await response.text(), /\/event, \/find, \/live/);
  for (const path of ["/FIND", "/", "/events", "/healthz"]) {
    assert.equal((await upgrade(bench, path, SOCKET)).status, 404, path);
  }
});

Deno.test("Collector answers plain HTTP on a socket path with 426", async () => {
  await using bench = await Bench.start();
  for (const path of ["/event", "/find", "/live"]) {
    const { status, headers } = await upgrade(bench, path, {});
    assert.equal(status, 426);
    assert.equal(headers.get("upgrade"), "websocket");
  }
});

Deno.test("Collector answers a broken handshake with 400", async () => {
  await using bench = await Bench.start();
  const { "sec-websocket-key": _, ...headers } = SOCKET;
  assert.equal((await upgrade(bench, "/find", headers)).status, 400);
});

Deno.test("Collector answers /healthz", async () => {
  await using bench = await Bench.start();
  const response = await fetch(`http://127.0.0.1:${bench.collector.port}/healthz`);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "ok\n");
});

Deno.test("Collector ignores the query of a path", async () => {
  await using bench = await Bench.start();
  await using client = await bench.connect("/find?x=1");
  client.send("{}");
  assert.equal(await client.next(), "ok");
  assert.equal((await client.closed).code, 1000);
});

Deno.test("Collector chooses theia.v1 where offered and no protocol where not", async () => {
  await using bench = await Bench.start();
  {
    await using client = await bench.connect("/live", "theia.v1");
    assert.equal(client.protocol, "theia.v1");
  }
  const both = await upgrade(bench, "/find", {
    ...SOCKET,
    "sec-websocket-protocol": "other, theia.v1",
  });
  assert.equal(both.headers.get("sec-websocket-protocol"), "theia.v1");
  const other = await upgrade(bench, "/find", { ...SOCKET, "sec-websocket-protocol": "other" });
  assert.equal(other.status, 101);
  assert.equal(other.headers.get("sec-websocket-protocol"), null);
});

Deno.test("Collector refuses web pages of foreign origins with 403", async () => {
  await using bench = await Bench.start({ allowedOrigins: ["https://ops.example"] });
  const { port } = bench.collector;
  async function status(origin: string, host = `localhost:${port}`): Promise<number> {
    return (await upgrade(bench, "/find", { ...SOCKET, origin, host })).status;
  }
  assert.equal(await status(`http://localhost:${port}`), 101);
  assert.equal(await status(`http://127.0.0.1:${port}`, `127.0.0.1:${port}`), 101);
  assert.equal(await status("https://ops.example"), 101);
  assert.equal(await status("https://evil.example"), 403);
  assert.equal(await status(`http://localhost:${port + 1}`), 403);
  assert.equal(await status("null"), 403);
  // A foreign name that was pointed to this machine is no origin of its own.
  assert.equal(await status(`http://evil.example:${port}`, `evil.example:${port}`), 403);
  const refused = await bench.notice("request-refused");
  assert.match(refused.reason, /evil\.example/);
});

Deno.test("Collector on localhost is reached by 127.0.0.1 and, where there is one, ::1", async () => {
  await using bench = await Bench.start();
  const { addresses } = await bench.notice("listening");
  assert.ok(addresses.includes("127.0.0.1"));
  for (const address of addresses) {
    const host = address.includes(":") ? `[${address}]` : address;
    const response = await fetch(`http://${host}:${bench.collector.port}/healthz`);
    assert.equal(await response.text(), "ok\n");
  }
});
