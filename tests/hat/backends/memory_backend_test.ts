import { testBackend } from "./backend_contract.ts";
import { memoryFixture } from "./opened_backends.ts";

testBackend("MemoryBackend", memoryFixture);
