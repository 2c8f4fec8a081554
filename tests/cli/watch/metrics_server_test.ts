import assert from "node:assert/strict";
import { METRICS_TYPE } from "../../../lib/base/metrics/metrics_text.ts";
import { MetricsServer } from "../../../lib/cli/watch/metrics_server.ts";
import type { WatchStatus } from "../../../lib/cli/watch/watch_status.ts";
import { STATUS } from "./fixtures.ts";
import { parsePrometheus } from "../../prometheus_text.ts";

async function ask(server: MetricsServer, path: string, method = "GET") {
  const response = await fetch(new URL(path, server.url), { method });
  const { status, headers } = response;
  return { status, type: headers.get("content-type"), text: await response.text() };
}

Deno.test("MetricsServer answers metrics, health and readiness", async () => {
  let status: WatchStatus = STATUS;
  await using server = MetricsServer.listen(0, () => status);
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const { type, text } = await ask(server, "/metrics");
  assert.equal(type, METRICS_TYPE);
  assert(parsePrometheus(text).length > 10);
  assert.equal((await ask(server, "/healthz")).status, 200);
  assert.equal((await ask(server, "/readyz")).status, 200);
  status = { ...STATUS, collector: { ...STATUS.collector, connected: false } };
  assert.deepEqual(await ask(server, "/readyz"), {
    status: 503,
    type: "text/plain; charset=utf-8",
    text: "no connection to a collector\n",
  });
  assert.equal((await ask(server, "/healthz")).status, 200);
  status = { ...STATUS, state: "stopping" };
  assert.equal((await ask(server, "/readyz")).status, 503);
});

Deno.test("MetricsServer answers nothing else", async () => {
  await using server = MetricsServer.listen(0, () => STATUS);
  assert.equal((await ask(server, "/")).status, 404);
  assert.equal((await ask(server, "/metrics/x")).status, 404);
  assert.equal((await ask(server, "/metrics", "POST")).status, 405);
  assert.equal((await ask(server, "/metrics", "HEAD")).text, "");
});

Deno.test("MetricsServer ends though a client does not finish its request", async () => {
  const server = MetricsServer.listen(0, () => STATUS);
  const { hostname, port } = new URL(server.url);
  using client = await Deno.connect({ hostname, port: Number(port) });
  const send = (text: string) => client.write(new TextEncoder().encode(text));
  await send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  assert(await client.read(new Uint8Array(1000)), "it is not connected");
  await send("GET /metrics HTTP/1.1\r\nHost:");
  await server[Symbol.asyncDispose]();
});
