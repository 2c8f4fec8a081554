import assert from "node:assert/strict";
import { tryLockFile } from "../../lib/base/file_lock.ts";

Deno.test("tryLockFile locks once, whoever asks, until the lock is disposed", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/lock`;
    const first = tryLockFile(path);
    assert.ok(first);
    assert.equal(tryLockFile(path), undefined);
    first[Symbol.dispose]();
    using second = tryLockFile(path);
    assert.ok(second);
    assert.throws(() => tryLockFile(`${directory}/none/lock`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
