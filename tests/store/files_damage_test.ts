import assert from "node:assert/strict";
import { FilesStore } from "../../lib/store/files/files_store.ts";
import type { FilesStoreNotice } from "../../lib/store/files/notice.ts";
import { bytesOf, event, events, find, tempDirectory } from "./fixtures.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";

const COPIES = countFromEnv("THEIA_COPIES", 50);
const SENT = events("x", 300, 1509989580);

/** Copies the files of a directory with one of them damaged; returns what was done. */
async function copyDamaged(from: string, to: string, random: Random): Promise<string> {
  await Deno.mkdir(to);
  const entries = await Array.fromAsync(Deno.readDir(from));
  const names = entries.map(({ name }) => name).filter((name) => name !== ".theia-lock").sort();
  const chosen = random.pick(names.filter((name) => name !== ".theia-journal"));
  const isTorn = random.chance(0.4);
  for (const name of names) {
    let bytes = await Deno.readFile(`${from}/${name}`);
    if (name === chosen && isTorn) {
      bytes = bytes.slice(0, random.below(bytes.length));
    } else if (name === chosen) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    await Deno.writeFile(`${to}/${name}`, bytes);
  }
  return `${chosen} ${isTorn ? "torn" : "flipped"}`;
}

Deno.test(`FilesStore loses at most what is damaged in ${COPIES} damaged copies, and says so`, async () => {
  await using directory = await tempDirectory();
  const whole = `${directory.path}/whole`;
  {
    await using store = await FilesStore.open(whole);
    await store.save(SENT);
  }
  const expected = new Set(SENT.map(bytesOf));
  const first = firstSeed();
  for (let seed = first; seed < first + COPIES; seed++) {
    const copy = `${directory.path}/${seed}`;
    const what = await copyDamaged(whole, copy, new Random(seed));
    try {
      const notices: FilesStoreNotice[] = [];
      await using store = await FilesStore.open(copy, { observer: (n) => notices.push(n) });
      const { events: found, arrivals } = await find(store);
      const changed = found.filter((item) => !expected.has(bytesOf(item)));
      const intact = found.length - changed.length;
      assert.equal(new Set(arrivals).size, arrivals.length);
      assert.ok(changed.length <= 1, "more than the damaged event came back changed");
      if (what.endsWith("flipped")) assert.ok(intact >= SENT.length - 1, `only ${intact} left`);
      else assert.ok(intact >= SENT.length - 61, `only ${intact} left`);
      const isTold = notices.length > 0;
      if (intact < SENT.length) assert.ok(isTold, "a loss was not told");
      await store.save([event("new", { timestamp: 1509989600 })]);
      assert.equal((await store.get("new")).id, "new");
      const again = await store.save(SENT);
      // A flipped bit in a content goes unseen but for the checksum: the event is there, changed.
      assert.ok(again.saved >= SENT.length - found.length);
    } catch (cause) {
      throw new Error(`THEIA_SEED=${seed} THEIA_COPIES=1 failed: ${what}`, { cause });
    }
  }
});
