import assert from "node:assert/strict";
import { ClickHouseStore } from "../../lib/store/clickhouse/clickhouse_store.ts";
import { EventStoreError } from "../../lib/store/store.ts";
import { CLICKHOUSE_SIZE, testServers } from "./clickhouse_fixture.ts";
import { IS_MISSING } from "./clickhouse_server.ts";
import { events } from "./fixtures.ts";
import { testStoreContract } from "./store_contract.ts";

const servers = testServers(2);

if (IS_MISSING) {
  Deno.test({
    name: "ClickHouseStore on two shards keeps the contract",
    ignore: true,
    fn: () => {},
  });
} else {
  testStoreContract("ClickHouseStore on two shards", () => servers.open(), CLICKHOUSE_SIZE);
}

Deno.test({
  name: "ClickHouseStore.open says what to do when a shard has no tables",
  ignore: IS_MISSING,
  async fn() {
    const url = await servers.database();
    const first = url.replace(/,[^/]*/, "");
    await assert.rejects(ClickHouseStore.open(first), (error) => {
      assert.ok(error instanceof EventStoreError, `${error}`);
      assert.match(
        error.message,
        /a server of cluster 'two' is away or lacks the database or the tables/,
      );
      return true;
    });
    await using store = await ClickHouseStore.open(url);
    await store.save(events("a", 100));
    const counts = [];
    for (const server of servers.servers) {
      const database = url.replace(/.*\/([^?]*).*/, "$1");
      counts.push(
        Number(await server.query(`SELECT count() FROM ${database}.theia_events_v1_local`)),
      );
    }
    assert.ok(counts.every((count) => count > 20), `both shards have some: ${counts}`);
    await assert.rejects(
      ClickHouseStore.open(first, { retention: { maxAgeSeconds: 60 } }),
      /with a retention as it needs the HTTP addresses of all 2 servers/,
    );
  },
});
