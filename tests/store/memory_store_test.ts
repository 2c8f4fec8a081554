import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { type StoreFixture, testStoreContract } from "./store_contract.ts";

// deno-lint-ignore require-await -- other stores take time to open
async function open(): Promise<StoreFixture> {
  const store = new MemoryStore();
  return {
    store,
    reopen: () => undefined,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

testStoreContract("MemoryStore", open);
