import { openFiles } from "./files_fixture.ts";
import { testStoreContract } from "./store_contract.ts";

testStoreContract("FilesStore", () => openFiles());
