import assert from "node:assert/strict";
import { ClickHouseStore } from "../../lib/store/clickhouse/clickhouse_store.ts";
import { EventStoreError, EventWriteError } from "../../lib/store/store.ts";
import { freePort } from "../e2e/free_port.ts";
import { msOf } from "../in_time.ts";
import { testServers } from "./clickhouse_fixture.ts";
import { IS_MISSING, PASSWORD, USER } from "./clickhouse_server.ts";
import { event, findIds } from "./fixtures.ts";

const servers = testServers(1);

function testOpening(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: IS_MISSING, fn });
}

/** Who opens so waits for longer than another store with 100 ms needs to show that it is open. */
async function longerThanBeats(store: ClickHouseStore): Promise<{ readonly heartbeatMs: number }> {
  // A sign of life is less than that is, however busy the server.
  const saveMs = await msOf(() => store.save([event("first")]));
  return { heartbeatMs: Math.ceil(Math.max(400, 5 * saveMs)) };
}

/** A server that answers every request in one way. */
function startFake(answer: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
}

testOpening("ClickHouseStore.open refuses a store that another one has open", async () => {
  const url = await servers.database();
  const options = { heartbeatMs: 100 };
  {
    await using first = await ClickHouseStore.open(url, options);
    const patience = await longerThanBeats(first);
    await assert.rejects(ClickHouseStore.open(url, patience), (error) => {
      assert.ok(error instanceof EventStoreError);
      assert.match(error.message, /another collector has it open and only one may write/);
      return true;
    });
    assert.equal((await first.save([event("a")])).saved, 1);
  }
  await using again = await ClickHouseStore.open(url, options);
  assert.deepEqual((await findIds(again)).toSorted(), ["a", "first"]);
});

testOpening(
  "ClickHouseStore.open refuses so whatever the clock of an earlier one was",
  async () => {
    const url = await servers.database();
    const options = { heartbeatMs: 100 };
    await (await ClickHouseStore.open(url, options))[Symbol.asyncDispose]();
    const database = url.replace(/.*\//, "");
    const ahead = Date.now() + 1e9;
    await servers.servers[0]?.query(
      `INSERT INTO ${database}.theia_ledger_v1 VALUES ('beat', 0, ${ahead}, 0)`,
    );
    await using first = await ClickHouseStore.open(url, options);
    await assert.rejects(
      ClickHouseStore.open(url, await longerThanBeats(first)),
      /another collector has it open/,
    );
  },
);

testOpening("ClickHouseStore refuses to write after another one took it as gone", async () => {
  const url = await servers.database();
  await using first = await ClickHouseStore.open(url, { heartbeatMs: 1e9 });
  await first.save([event("a")]);
  await using second = await ClickHouseStore.open(url, { heartbeatMs: 10 });
  await assert.rejects(first.save([event("b")]), (error) => {
    assert.ok(error instanceof EventWriteError);
    assert.equal(error.retryable, false);
    assert.match(error.message, /another collector has opened it since; only one may write/);
    return true;
  });
  await assert.rejects(first.save([event("b")]), /another collector/);
  assert.equal((await second.save([event("b")])).saved, 1);
  assert.deepEqual(await findIds(second), ["a", "b"]);
});

testOpening("ClickHouseStore.open says what is wrong and shows no password", async () => {
  const [server] = servers.servers;
  assert.ok(server !== undefined);
  await using web = startFake(() => new Response("a web site"));
  await using proxy = startFake(() => new Response("<html>bad</html>", { status: 502 }));
  const unused = (await servers.database()).replace(/@[^/]*/, `@127.0.0.1:${freePort()}`);
  const wrong = server.url("default").replace(encodeURIComponent(PASSWORD), "other-secret");
  const cases: readonly (readonly [string, RegExp])[] = [
    [unused, /127\.0\.0\.1:\d+\/test\d+': it cannot be reached: .*refused.*check host and port/],
    [wrong, /\/default': .*code 193.*check the user and the password/],
    [server.url("nowhere"), /\/nowhere': .*code 81.*CREATE DATABASE nowhere/],
    [server.url("default", undefined, "?cluster=none"), /no cluster 'none': .*'two'/],
    [
      server.url("default", "no-such-host.invalid:1"),
      /no-such-host\.invalid:1\/default': it cannot be/,
    ],
    [
      server.url("default", `127.0.0.1:${web.addr.port}`),
      /which must be those of the server's HTTP/,
    ],
    [server.url("default", `127.0.0.1:${proxy.addr.port}`), /status 502; check host and port/],
    [server.url("default", `127.0.0.1:${server.ports.tcp}`), /check host and port/],
  ];
  for (const [url, message] of cases) {
    await assert.rejects(ClickHouseStore.open(url), (error) => {
      assert.ok(error instanceof EventStoreError, `${url}: ${error}`);
      assert.match(error.message, /^Cannot open store 'clickhouse:\/\/[^@']*'/);
      assert.match(error.message, message);
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), "other-secret"]) {
        assert.ok(!Deno.inspect(error).includes(secret), Deno.inspect(error));
      }
      return true;
    });
  }
});

Deno.test("ClickHouseStore sends credentials in headers alone and follows no redirect", async () => {
  const seen: string[] = [];
  await using fake = startFake((request) => {
    seen.push(request.url);
    assert.equal(request.headers.get("X-ClickHouse-User"), USER);
    assert.equal(request.headers.get("X-ClickHouse-Key"), PASSWORD);
    return Response.redirect("http://127.0.0.1:1/", 307);
  });
  const credentials = `${USER}:${encodeURIComponent(PASSWORD)}`;
  const url = `clickhouse://${credentials}@127.0.0.1:${fake.addr.port}/db`;
  await assert.rejects(ClickHouseStore.open(url), EventStoreError);
  assert.equal(seen.length, 1);
  for (const secret of [USER, PASSWORD, encodeURIComponent(PASSWORD)]) {
    assert.ok(!seen[0]?.includes(secret), seen[0]);
  }
});

testOpening("ClickHouseStore.open refuses a limit of bytes", async () => {
  const retention = { maxBytes: 1 << 30 };
  await assert.rejects(ClickHouseStore.open(await servers.database(), { retention }), (error) => {
    assert.ok(error instanceof EventStoreError);
    assert.match(error.message, /limit of bytes is not possible with ClickHouse/);
    return true;
  });
});
