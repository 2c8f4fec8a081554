import assert from "node:assert/strict";
import { PagedFile } from "../../lib/store/sqlite/paged_file.ts";
import { findRecords, holdsRecords } from "../../lib/store/sqlite/record_search.ts";
import { PAGE_BYTES } from "../../lib/store/sqlite/schema.ts";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { findStructureFault } from "../../lib/store/sqlite/structure.ts";
import { forSeeds } from "../random.ts";
import { emptyLog } from "./damaged_store.ts";
import { flipIn } from "./damages.ts";
import { events, tempDirectory } from "./fixtures.ts";

Deno.test("findStructureFault finds nothing in a store after whatever it was used for", async () => {
  await using directory = await tempDirectory();
  await forSeeds(3, async (random) => {
    const path = `${directory.path}/${random.seed}.db`;
    for (let round = 0; round < 6; round++) {
      {
        await using store = await SqliteStore.open(path, { retention: { maxBytes: 4 << 20 } });
        for (let i = 0; i < 5; i++) {
          const content = () => random.bytes(random.int(100, 200)).toHex();
          const batch = events(`b${round}.${i}-`, random.pick([1, 20, 2500]), random.below(1e6));
          await store.save(batch.map((item) => ({ ...item, content: content() })));
          if (random.chance(0.3)) await store.delete(`b${round}.${i}-0`).catch(() => {});
        }
        await store.retain();
      }
      using file = new PagedFile(path);
      assert.equal(findStructureFault(file), undefined);
    }
  });
});

Deno.test("findRecords and findStructureFault come to an end on noise in the shape of pages", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  {
    await using store = await SqliteStore.open(path);
    for (let i = 0; i < 4; i++) await store.save(events(`b${i}-`, 2500, 10_000 * i));
    await store.save(events("j", 20, 1e6));
  }
  emptyLog(path);
  const whole = await Deno.readFile(path);
  await forSeeds(60, async (random) => {
    const bytes = whole.slice();
    for (let page = 0; page * PAGE_BYTES < bytes.length; page++) {
      if (random.chance(0.5)) continue;
      const start = page * PAGE_BYTES;
      for (let i = 0; i < random.below(2000); i++) {
        bytes[start + random.below(PAGE_BYTES)] = random.below(256);
      }
      flipIn(bytes, random, start, start + 200, random.below(20));
      if (random.chance(0.5)) bytes[start] = random.pick([2, 5, 10, 13]);
    }
    const copy = `${directory.path}/copy.db`;
    await Deno.writeFile(copy, bytes);
    using file = new PagedFile(copy);
    findStructureFault(file);
    holdsRecords(file);
    for (const record of findRecords(file)) {
      if (record.kind === "block") assert.ok(record.stored.length > 0);
    }
  });
});
