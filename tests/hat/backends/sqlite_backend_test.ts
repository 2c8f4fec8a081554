import { testBackend } from "./backend_contract.ts";
import { sqliteFixture } from "./opened_backends.ts";

testBackend("SqliteBackend", sqliteFixture);
