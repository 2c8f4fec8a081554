import type { Backend } from "../backend.ts";
import { BackendError } from "./backend_error.ts";
import { DummyBackend } from "./dummy_backend.ts";
import { MemoryBackend } from "./memory_backend.ts";
import type { BackendOptions } from "./options.ts";
import { SqliteBackend } from "./sqlite/sqlite_backend.ts";

/**
 * Opens the backend that a URL names.
 *
 * - `memory`: in memory, gone when it is closed;
 * - `dummy`: keeps nothing;
 * - `sqlite:///hat.db`: a file relative to the current directory;
 * - `sqlite:////var/lib/theia/hat.db`: an absolute path.
 *
 * @example
 * ```ts
 * import { openBackend } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   await using backend = await openBackend(`sqlite:///${directory}/hat.db`);
 *   assert.deepEqual(await backend.getLastEventId(1), { server: 1, session: 0, instance: 0 });
 * }
 * await Deno.remove(directory, { recursive: true });
 * ```
 *
 * @throws {BackendError} When the URL names no kind of backend, or it cannot be opened.
 * @throws {RangeError} When a number of the options is not positive.
 */
export async function openBackend(url: string, options: BackendOptions = {}): Promise<Backend> {
  if (url === "memory") return new MemoryBackend(options);
  if (url === "dummy") return new DummyBackend(options);
  const path = sqlitePath(url);
  if (path === undefined) {
    throw new BackendError(
      `Cannot open backend '${url}': use memory, dummy, sqlite:///relative/path or ` +
        "sqlite:////absolute/path",
    );
  }
  return await SqliteBackend.open(path, options);
}

function sqlitePath(url: string): string | undefined {
  const path = /^sqlite:\/\/\/(.+)$/s.exec(url)?.[1];
  try {
    return path === undefined ? undefined : decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
