import assert from "node:assert/strict";
import { freePort } from "../../e2e/free_port.ts";
import { until } from "../../e2e/until.ts";
import { RunningCommand, runToEnd } from "../running_command.ts";
import { readStatus } from "./fixtures.ts";
import { parsePrometheus, type Sample } from "../../prometheus_text.ts";

async function metricsOf(watch: RunningCommand): Promise<readonly Sample[]> {
  const [, url = ""] = await watch.stderr.match(/Metrics are at (http:\S+)/);
  return parsePrometheus(await (await fetch(url)).text());
}

function valueOf(samples: readonly Sample[], name: string): number | undefined {
  return samples.find((sample) => sample.name === `theia_watcher_${name}`)?.value;
}

Deno.test("watch --status tells of connection, counts and lag, from before there is a collector to the end", async () => {
  const directory = await Deno.makeTempDir();
  const [log, status] = [`${directory}/app.log`, `${directory}/status.json`];
  await Deno.writeTextFile(log, "one\ntwo\n");
  const port = String(freePort());
  const args = ["-P", port, "watch", "-f", log, "--from", "beginning", "--status", status];
  const watch = new RunningCommand([...args, "--metrics-port", "0"]);
  await watch.stderr.match(/No connection to the collector/);
  await until("what waits", async () => (await readStatus(status)).lag.bytes === 8);
  assert.equal((await readStatus(status)).collector.connected, false);
  assert.equal(valueOf(await metricsOf(watch), "file_lag_bytes"), 8);
  assert.equal(valueOf(await metricsOf(watch), "connected"), 0);
  await Deno.writeTextFile(log, "three\n", { append: true });
  await until("what is added", async () => (await readStatus(status)).lag.bytes === 14);
  const collector = new RunningCommand(["-P", port, "collect", "--store", "memory:"]);
  await until("delivery", async () => (await readStatus(status)).counts.stored === 3);
  await until("no lag", async () => (await readStatus(status)).lag.bytes === 0);
  const running = await readStatus(status);
  assert.equal(running.state, "running");
  assert.equal(running.collector.connected, true);
  assert.match(running.collector.url ?? "", new RegExp(`:${port}/`));
  assert.deepEqual(running.counts, { read: 3, stored: 3, duplicates: 0, rejected: 0, bytes: 14 });
  assert.deepEqual(running.files, [{ path: log, lag_bytes: 0, lag_seconds: 0 }]);
  assert.equal(valueOf(await metricsOf(watch), "events_stored_total"), 3);
  assert.equal(await watch.stop(), 0);
  const last = await readStatus(status);
  assert.equal(last.state, "stopped");
  assert.equal(last.collector.connected, false);
  assert.equal(last.files_total, 1);
  assert.equal(await collector.stop(), 0);
});

Deno.test("watch --metrics-port that is in use is an error before anything is read", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const status = `${await Deno.makeTempDir()}/status.json`;
  const { code, stderr } = await runToEnd(
    ["watch", "-f", "/none", "--metrics-port", String(port), "--status", status],
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(`^error: Cannot listen on 127.0.0.1:${port}: the port is in use`),
  );
  await assert.rejects(Deno.stat(status), Deno.errors.NotFound);
});
