import { CLICKHOUSE_SIZE, testServers } from "./clickhouse_fixture.ts";
import { IS_MISSING } from "./clickhouse_server.ts";
import { testStoreContract } from "./store_contract.ts";

const servers = testServers(1);

if (IS_MISSING) {
  Deno.test({ name: "ClickHouseStore keeps the contract", ignore: true, fn: () => {} });
} else {
  testStoreContract("ClickHouseStore", () => servers.open(), CLICKHOUSE_SIZE);
}
