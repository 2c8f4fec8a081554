import assert from "node:assert/strict";
import { Database } from "../../lib/store/sqlite/database.ts";
import { tempDirectory } from "./fixtures.ts";

Deno.test("Database.vacuum gives back as many pages as it is told", async () => {
  await using directory = await tempDirectory();
  using database = Database.openForWriting(`${directory.path}/events.db`);
  const frames = new Uint8Array(2 << 20);
  for (let i = 1; i <= 2; i++) {
    database.run("INSERT INTO journal VALUES (?, 1, 0, ?)", i, frames);
  }
  database.run("DELETE FROM journal WHERE first_arrival = 1");
  const before = database.pages();
  assert.ok(before.free > 100, `${before.free} pages are free`);
  database.vacuum(50);
  const after = database.pages();
  assert.deepEqual(after, { ...before, count: before.count - 50, free: before.free - 50 });
});
