import assert from "node:assert/strict";
import { join } from "node:path";
import { NewFile } from "../../lib/cli/new_file.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";

const bytes = new TextEncoder().encode("new\n");

async function inDirectory(
  run: (path: (name: string) => string, names: () => string[]) => Promise<void>,
) {
  const directory = await Deno.makeTempDir({ prefix: "theia-new-file-" });
  try {
    const names = () => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    await run((name) => join(directory, name), names);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("NewFile has its name only when it is finished", () =>
  inDirectory(async (path, names) => {
    {
      await using file = await NewFile.create(path("a"));
      await file.write(bytes);
      file.writeSync(bytes);
      assert.equal(names().length, 1);
      assert(!names().includes("a"));
      await file.finish();
    }
    assert.deepEqual(names(), ["a"]);
    assert.equal(await Deno.readTextFile(path("a")), "new\nnew\n");
  }));

Deno.test("NewFile may have as long a name as the file system takes", () =>
  inDirectory(async (path, names) => {
    for (const name of ["n".repeat(255), "😀".repeat(63)]) {
      await using file = await NewFile.create(path(name));
      await file.write(bytes);
      await file.finish();
      assert(names().includes(name));
    }
  }));

Deno.test("NewFile leaves nothing behind when it is given up", () =>
  inDirectory(async (path, names) => {
    {
      await using file = await NewFile.create(path("a"));
      await file.write(bytes);
    }
    assert.deepEqual(names(), []);
  }));

Deno.test("NewFile refuses a file that exists, also one that comes later, and replaces it when told", () =>
  inDirectory(async (path, names) => {
    await Deno.writeTextFile(path("a"), "old");
    const hint = "do something";
    await assert.rejects(
      NewFile.create(path("a"), { hint }),
      /'.*a': it exists already; do something$/,
    );
    {
      await using file = await NewFile.create(path("b"));
      await Deno.writeTextFile(path("b"), "old");
      await assert.rejects(file.finish(), /exists already/);
    }
    {
      await using file = await NewFile.create(path("a"), { replace: true });
      await file.write(bytes);
      assert.equal(await Deno.readTextFile(path("a")), "old");
      await file.finish();
    }
    assert.equal(await Deno.readTextFile(path("a")), "new\n");
    assert.equal(await Deno.readTextFile(path("b")), "old");
    assert.deepEqual(names(), ["a", "b"]);
  }));

Deno.test("NewFile replaces what a link leads to, and no link that leads nowhere", () =>
  inDirectory(async (path, names) => {
    await Deno.writeTextFile(path("file"), "old");
    await Deno.symlink(path("file"), path("link"));
    await Deno.symlink(path("none"), path("broken"));
    await assert.rejects(NewFile.create(path("broken")), /exists already/);
    {
      await using file = await NewFile.create(path("link"), { replace: true });
      await file.write(bytes);
      await file.finish();
    }
    assert.equal(await Deno.readTextFile(path("file")), "new\n");
    assert((await Deno.lstat(path("link"))).isSymlink);
    assert.deepEqual(names(), ["broken", "file", "link"]);
  }));

Deno.test({
  name: "NewFile writes to a device as it is",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using file = await NewFile.create("/dev/null");
    await file.write(bytes);
    await file.finish();
    assert((await Deno.stat("/dev/null")).isCharDevice);
  },
});

Deno.test("NewFile says why a file cannot be made", () =>
  inDirectory(async (path) => {
    await assert.rejects(
      NewFile.create(path("no/such/a")),
      /Cannot write file '.*no\/such\/a': No such/,
    );
    await assert.rejects(NewFile.create(path(".")), /it is a directory/);
  }));

Deno.test({
  name: `NewFile says that the disk is full, and leaves nothing on it${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(1 << 20);
    {
      await using file = await NewFile.create(disk.file("a"));
      await assert.rejects(
        file.write(new Uint8Array(2 << 20)),
        /Cannot write file '.*a': the disk is full/,
      );
      assert.throws(() => file.writeSync(new Uint8Array(2 << 20)), /the disk is full/);
    }
    assert.deepEqual([...Deno.readDirSync(disk.path)], []);
  },
});
