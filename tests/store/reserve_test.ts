import assert from "node:assert/strict";
import { Reserve } from "../../lib/store/sqlite/reserve.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";
import { tempDirectory } from "./fixtures.ts";

const KIB = 1 << 10;
const MIB = 1 << 20;

function bytesOf(path: string): number {
  const { size, blocks } = Deno.statSync(`${path}.reserve`);
  return Math.min(size, (blocks ?? Infinity) * 512);
}

Deno.test("Reserve grows with the database, up to 8 MiB of real bytes, and never shrinks", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const reserve = new Reserve(path);
  for (
    const [database, expected] of [
      [0, 512 * KIB],
      [256 * KIB, 512 * KIB],
      [MIB, 2 * MIB],
      [3 * MIB, 4 * MIB],
      [10_000 * MIB, 8 * MIB],
      [0, 8 * MIB],
    ]
  ) {
    assert.ok(reserve.ensure(database ?? 0));
    assert.equal(bytesOf(path), expected);
  }
});

Deno.test("Reserve is given up once, and knows after a crash what is there of it", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  assert.equal(new Reserve(path).giveUp(), false);
  new Reserve(path).ensure(MIB);
  // Killed while it was made.
  Deno.truncateSync(`${path}.reserve`, 100_000);
  const reserve = new Reserve(path);
  assert.ok(reserve.ensure(MIB));
  assert.equal(bytesOf(path), 2 * MIB);
  assert.equal(reserve.giveUp(), true);
  assert.equal(bytesOf(path), 0);
  assert.equal(reserve.giveUp(), false);
  assert.ok(reserve.restore());
  assert.equal(bytesOf(path), 2 * MIB);
  // Somebody removed it.
  Deno.removeSync(`${path}.reserve`);
  assert.equal(reserve.giveUp(), true);
  assert.ok(reserve.restore());
});

Deno.test("Reserve that cannot be made for another reason than room does not matter", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  Deno.mkdirSync(`${path}.reserve`);
  const reserve = new Reserve(path);
  assert.equal(reserve.ensure(MIB), true);
});

Deno.test({
  name:
    `Reserve keeps what room there is on a full disk, and says that it is not all${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(4 * MIB);
    disk.fill(MIB);
    const path = disk.file("events.db");
    const reserve = new Reserve(path);
    assert.equal(reserve.ensure(3 * MIB), false);
    assert.equal(disk.freeBytes, 0);
    assert.equal(reserve.restore(), false);
    disk.free();
    assert.equal(reserve.restore(), true);
    assert.equal(bytesOf(path), 4 * MIB - disk.freeBytes);
  },
});
