import {
  type Backend,
  type BackendOptions,
  MemoryBackend,
  SqliteBackend,
} from "../../../lib/hat/mod.ts";
import { FakeClock, type Fixture } from "./fixtures.ts";

/** A backend in memory. */
export function memoryFixture(options: BackendOptions = {}): Promise<Fixture> {
  const clock = new FakeClock();
  const backend = new MemoryBackend({ clock, ...options });
  return Promise.resolve({
    backend,
    clock,
    reopen: () => Promise.resolve(backend),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  });
}

/** A backend in a new directory that goes away with it. */
export async function sqliteFixture(options: BackendOptions = {}): Promise<Fixture> {
  const clock = new FakeClock();
  const directory = await Deno.makeTempDir({ prefix: "theia-hat-" });
  const open = () => SqliteBackend.open(`${directory}/hat.db`, { clock, ...options });
  let backend: Backend = await open();
  return {
    get backend() {
      return backend;
    },
    clock,
    async reopen() {
      await backend[Symbol.asyncDispose]();
      return backend = await open();
    },
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
