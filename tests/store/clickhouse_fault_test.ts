import assert from "node:assert/strict";
import { parseAddress } from "../../lib/store/clickhouse/address.ts";
import { ClickHouseReader } from "../../lib/store/clickhouse/clickhouse_reader.ts";
import { ClickHouseStore } from "../../lib/store/clickhouse/clickhouse_store.ts";
import { HttpClient } from "../../lib/store/clickhouse/http.ts";
import { ServerError } from "../../lib/store/clickhouse/server_error.ts";
import { EventNotFoundError, EventReadError, EventWriteError } from "../../lib/store/store.ts";
import { msOf } from "../in_time.ts";
import { IS_MISSING, PASSWORD } from "./clickhouse_server.ts";
import { testServers } from "./clickhouse_fixture.ts";
import { FaultyProxy } from "./faulty_proxy.ts";
import { drain, event, events, find, findIds } from "./fixtures.ts";

const servers = testServers(1);

/** Opens a store through a proxy in which faults can be arranged. */
async function openFaulty(
  requestTimeoutMs = 60_000,
): Promise<AsyncDisposable & { store: ClickHouseStore; proxy: FaultyProxy; url: string }> {
  await using stack = new AsyncDisposableStack();
  const direct = await servers.database();
  const proxy = stack.use(FaultyProxy.start(servers.servers[0]?.host ?? ""));
  const url = direct.replace(/@[^/]*/, `@${proxy.host}`);
  const store = stack.use(await ClickHouseStore.open(url, { requestTimeoutMs }));
  const kept = stack.move();
  return { store, proxy, url, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** As short as a store can be told to wait for answers, on a server that may be busy. */
async function shortTimeout(): Promise<number> {
  // No request takes as long as these together.
  const requestsMs = await msOf(async () => {
    await using fixture = await openFaulty();
    await fixture.store.save([event("a")]);
  });
  return Math.ceil(Math.max(500, 3 * requestsMs));
}

function isInsert(sql: string, table: string): boolean {
  return sql.startsWith(`INSERT INTO theia_${table}_v1`);
}

function testFault(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: IS_MISSING, fn });
}

for (const table of ["events", "ledger"]) {
  for (const fault of ["cut-before", "cut-after"] as const) {
    testFault(
      `ClickHouseStore.save stores once when the insert of ${table} is ${fault}`,
      async () => {
        await using fixture = await openFaulty();
        const { store, proxy } = fixture;
        await store.save(events("a", 3));
        const batch = events("b", 500);
        proxy.arrange((sql) => isInsert(sql, table) ? fault : undefined);
        await assert.rejects(store.save(batch), isRetryable);
        assert.equal((await findIds(store)).length, 3);
        assert.equal((await store.stats()).events, 3);
        // It is tried again once by itself.
        proxy.arrange((sql) => isInsert(sql, table) ? fault : undefined, 1);
        let accepted = 0;
        const result = await store.save(batch, {
          onAccepted: ({ arrivals }) => accepted += arrivals.length,
        });
        assert.deepEqual([result, accepted], [{ saved: 500, duplicates: 0 }, 500]);
        assert.deepEqual(await store.save(batch), { saved: 0, duplicates: 500 });
        assert.equal(new Set((await find(store)).arrivals).size, 503);
        assert.equal((await store.stats()).events, 503);
        await using reader = await ClickHouseReader.open(fixture.url);
        assert.equal((await drain(reader.search({}))).ids.length, 503);
        assert.equal((await reader.stats()).events, 503);
      },
    );
  }
}

for (const fault of ["cut-before", "cut-after"] as const) {
  testFault(`ClickHouseStore.delete is done when its insert is ${fault} once`, async () => {
    await using fixture = await openFaulty();
    const { store, proxy } = fixture;
    await store.save([event("a"), event("b")]);
    // It is tried again by itself; the events may be gone by then.
    proxy.arrange((sql) => isInsert(sql, "deleted") ? fault : undefined, 1);
    await store.delete("a");
    proxy.arrange((sql) => isInsert(sql, "deleted") ? fault : undefined);
    await assert.rejects(store.delete("b"), isRetryable);
    proxy.arrange(undefined);
    await store.delete("b");
    assert.deepEqual(await findIds(store), []);
    await assert.rejects(store.delete("b"), EventNotFoundError);
  });
}

function isRetryable(error: unknown): boolean {
  assert.ok(error instanceof EventWriteError, `${error}`);
  assert.equal(error.retryable, true, error.message);
  assert.ok(!error.message.includes(PASSWORD), error.message);
  return true;
}

testFault("ClickHouseStore.save rejects in time while the server is silent", async () => {
  const timeoutMs = await shortTimeout();
  await using fixture = await openFaulty(timeoutMs);
  const { store, proxy } = fixture;
  await store.save([event("a")]);
  proxy.arrange((sql) => isInsert(sql, "events") ? "silent" : undefined);
  await assert.rejects(store.save([event("b")]), (error) => {
    isRetryable(error);
    assert.match(`${error}`, new RegExp(`did not answer within ${timeoutMs} ms`));
    return true;
  });
  proxy.arrange(undefined);
  assert.equal((await store.save([event("b")])).saved, 1);
  assert.deepEqual(await findIds(store), ["a", "b"]);
});

testFault(
  "ClickHouseStore.save rejects retryably while the server refuses for a time",
  async () => {
    await using fixture = await openFaulty();
    const { store, proxy } = fixture;
    for (const [code, retryable] of [[252, true], [243, true], [242, true], [60, false]] as const) {
      proxy.arrange((sql) => isInsert(sql, "events") ? { code } : undefined);
      await assert.rejects(store.save([event("a")]), (error) => {
        assert.ok(error instanceof EventWriteError);
        assert.equal(error.retryable, retryable);
        assert.match(
          error.message,
          new RegExp(`^Cannot write store 'clickhouse://[^']*': .*code ${code}`),
        );
        return true;
      });
    }
    proxy.arrange(undefined);
    assert.equal((await store.save([event("a")])).saved, 1);
    assert.deepEqual(await findIds(store), ["a"]);
  },
);

testFault("ClickHouseStore goes on with many inserts that were given up", async () => {
  await using fixture = await openFaulty();
  const { store, proxy } = fixture;
  const rounds = 40;
  for (let i = 0; i < rounds; i++) {
    proxy.arrange((sql) => isInsert(sql, "events") ? { code: 243 } : undefined, 1);
    await assert.rejects(store.save([event("lost", { timestamp: i })]), isRetryable);
    await store.save([event("kept", { timestamp: rounds - i })]);
  }
  await using reader = await ClickHouseReader.open(fixture.url);
  assert.equal((await drain(reader.search({}))).ids.length, rounds);
  const again = Array.from({ length: rounds }, (_, i) => event("kept", { timestamp: i + 1 }));
  await using reopened =
    (await store[Symbol.asyncDispose](), await ClickHouseStore.open(fixture.url));
  assert.deepEqual(await reopened.save(again), { saved: 0, duplicates: rounds });
  assert.equal((await findIds(reopened, { id: "kept", limit: 5 })).length, 5);
});

testFault("ClickHouseStore waits with closing for answers under way", async () => {
  await using fixture = await openFaulty(await shortTimeout());
  const { store, proxy } = fixture;
  await store.save(events("a", 10));
  proxy.arrange((sql) => sql.includes("size") || sql.includes("'a1'") ? "silent" : undefined);
  let settled = 0;
  const reads = [store.stats(), store.get("a1"), find(store)].map((read) =>
    read.then(() => settled++, () => settled++)
  );
  await store[Symbol.asyncDispose]();
  assert.equal(settled, reads.length);
});

testFault("ClickHouseStore.search rejects when the server fails behind rows", async () => {
  await using fixture = await openFaulty();
  const { store, proxy } = fixture;
  await store.save(events("a", 5000));
  const isSearch = (sql: string) => sql.startsWith("SELECT toUInt8(1)");
  for (const fault of ["error-behind", "cut-within", "end-within"] as const) {
    proxy.arrange((sql) => isSearch(sql) ? fault : undefined);
    const ids: string[] = [];
    await assert.rejects(async () => {
      for await (const batch of store.search({})) ids.push(...batch.events.map(({ id }) => id));
    }, (error) => {
      assert.ok(error instanceof EventReadError, `${fault}: ${error}`);
      if (fault === "error-behind") assert.match(error.message, /code 241: Memory limit/);
      return true;
    });
    assert.deepEqual(
      ids,
      events("a", ids.length).map(({ id }) => id),
      "no error is taken as an event",
    );
  }
  proxy.arrange(undefined);
  assert.equal((await findIds(store)).length, 5000);
});

Deno.test("HttpClient sends rows once, though the runtime repeats requests on kept connections", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  let requests = 0;
  const serving = (async () => {
    for await (const connection of listener) {
      const buffer = new Uint8Array(1 << 16);
      for (let isCut = false; !isCut;) {
        const bytes = await connection.read(buffer);
        if (bytes === null) break;
        const text = new TextDecoder().decode(buffer.subarray(0, bytes));
        if (text.startsWith("POST")) requests++;
        isCut = text.includes("INSERT");
        if (text.startsWith("POST") && !isCut) {
          await connection.write(
            new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
          );
        }
      }
      connection.close();
    }
  })();
  const address = parseAddress(`clickhouse://127.0.0.1:${port}`);
  const client = new HttpClient(address.origins[0], address, 10_000);
  await client.run({ sql: "SELECT 1" });
  const rows = new Uint8Array(1000);
  await assert.rejects(client.run({ sql: "INSERT INTO t FORMAT RowBinary", rows }), (error) => {
    assert.ok(error instanceof ServerError);
    assert.equal(error.fate, "unknown");
    return true;
  });
  assert.equal(requests, 2);
  listener.close();
  await serving;
});

testFault("ClickHouseStore.delete has the server remove the rows in the end", async () => {
  await using fixture = await servers.open();
  await fixture.store.save([event("a"), event("b")]);
  await fixture.store.delete("a");
  await fixture.store[Symbol.asyncDispose]();
  const database = fixture.url.replace(/.*\//, "");
  const [server] = servers.servers;
  const deadline = Date.now() + 60_000;
  const count = () => server?.query(`SELECT count() FROM ${database}.theia_events_v1`);
  while (await count() !== "1\n" && Date.now() < deadline);
  assert.equal(await count(), "1\n");
});
