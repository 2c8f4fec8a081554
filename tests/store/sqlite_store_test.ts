import { openSqlite } from "./sqlite_fixture.ts";
import { testStoreContract } from "./store_contract.ts";

testStoreContract("SqliteStore", () => openSqlite());
