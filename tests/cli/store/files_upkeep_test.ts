import assert from "node:assert/strict";
import { FilesStore } from "../../../lib/store/files/files_store.ts";
import { runToEnd } from "../running_command.ts";
import { events, StoreFiles } from "./store_files.ts";

const FIRST = 1_000_000_020;

/** A directory `data` with events of two minutes. */
async function fillDirectory(files: StoreFiles): Promise<string> {
  const path = files.path("data");
  await using store = await FilesStore.open(path);
  await store.save(events("a", 100, FIRST));
  return path;
}

Deno.test("store verify finds a sound directory sound, also while it is written to", async () => {
  await using files = await StoreFiles.make();
  const path = await fillDirectory(files);
  await using store = await FilesStore.open(path);
  const saving = Promise.all(
    Array.from({ length: 50 }, (_, i) => store.save(events(`b${i}-`, 20, FIRST))),
  );
  const { code, stdout, stderr } = await runToEnd(["store", "verify", "--store", `files:${path}`]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^2 files, [\d,]+ sound events: all sound\n$/);
  await saving;
});

Deno.test("store verify names the damaged files of a directory and changes nothing", async () => {
  const cases: readonly (readonly [(text: string) => string, RegExp])[] = [
    [(text) => text.slice(0, -30), /'.*1000000080': it ends within an event, at byte \d+/],
    [(text) => text.slice(0, -30), /it has \d+ bytes, its index says \d+/],
    [(text) => text.replace("größe", "x"), /\d+ bytes at byte \d+ are no event: sizes/],
    [(text) => text.replace("a3", "b3"), /first \d+ bytes are not those that its index/],
    [(text) => `${text}garbage\n`, /8 bytes at byte \d+ are no event: no 'event:'/],
  ];
  for (const [damage, pattern] of cases) {
    await using files = await StoreFiles.make();
    const path = await fillDirectory(files);
    const file = `${path}/1000000020-1000000080`;
    const text = damage(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, text);
    const { code, stdout, stderr } = await runToEnd([
      "store",
      "verify",
      "--store",
      `files:${path}`,
    ]);
    assert.equal(code, 1);
    assert.match(stderr, pattern);
    assert.match(stdout, /: \d damaged\n$/);
    assert.equal(await Deno.readTextFile(file), text);
  }
});

Deno.test("store backup copies a directory, which is then a store", async () => {
  await using files = await StoreFiles.make();
  const path = await fillDirectory(files);
  const [copy, source] = [files.path("copy"), ["--store", `files:${path}`]];
  const { code, stdout, stderr } = await runToEnd(["store", "backup", copy, ...source]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Backed up to '.*copy', .*KiB\n$/);
  assert.equal((await runToEnd(["store", "verify", "--store", `files:${copy}`])).code, 0);
  await using store = await FilesStore.open(copy);
  assert.deepEqual(await store.save(events("a", 100, FIRST)), { saved: 0, duplicates: 100 });
  assert.equal(store.cursor, 100);
  const again = await runToEnd(["store", "backup", copy, ...source]);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /'.*copy': it exists already/);
});

Deno.test("store backup refuses a directory that a collector has open", async () => {
  await using files = await StoreFiles.make();
  const path = await fillDirectory(files);
  await using _store = await FilesStore.open(path);
  const result = await runToEnd(["store", "backup", files.path("x"), "--store", `files:${path}`]);
  assert.equal(result.code, 1);
  assert.match(result.stderr, /another process has it open/);
});

Deno.test("store commands that read make no directory where there is none", async () => {
  await using files = await StoreFiles.make();
  const url = `files:${files.path("none")}`;
  const commands = [["stats"], ["verify"], ["export"], ["backup", files.path("copy")]];
  for (const command of commands) {
    const { code, stderr } = await runToEnd(["store", ...command, "--store", url]);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot open store '.*none': there is no such directory/);
  }
  const copy = await runToEnd(["store", "copy", url, files.url()]);
  assert.match(copy.stderr, /there is no such directory/);
  assert.deepEqual([...Deno.readDirSync(files.directory)], []);
});

Deno.test("store copy keeps every byte between stores of all kinds", async () => {
  await using files = await StoreFiles.make();
  const path = await fillDirectory(files);
  const urls = [`files:${path}`, files.url("one.db"), `files:${files.path("two")}`, files.url()];
  const export_ = async (url: string) =>
    (await runToEnd(["store", "export", "--store", url])).stdout;
  for (let i = 1; i < urls.length; i++) {
    const { code, stderr } = await runToEnd(["store", "copy", urls[i - 1] ?? "", urls[i] ?? ""]);
    assert.equal(code, 0, stderr);
    assert.equal(await export_(urls[i] ?? ""), await export_(`files:${path}`));
  }
});

Deno.test("long work of store commands shows a bar on a terminal alone", async () => {
  await using files = await StoreFiles.make();
  const path = await fillDirectory(files);
  await Deno.writeTextFile(files.path("in.jsonl"), '{"id":"j","timestamp":1}\n');
  await files.fill([events("a", 2100), events("b", 2100, FIRST)]);
  const directory = ["--store", `files:${path}`];
  const commands: readonly (readonly string[])[] = [
    ["verify", ...directory],
    ["backup", files.path("copy"), ...directory],
    ["export", files.path("out"), ...directory],
    ["import", files.path("in.jsonl"), ...directory],
    ["copy", `files:${path}`, files.url("target.db")],
    ["verify", "--store", files.url()],
    ["compact", "--store", files.url()],
  ];
  for (const command of commands) {
    const shown = await runToEnd(["store", ...command], { terminal: true });
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stderr, new RegExp(`\\r${command[0]} (\\[|\\.\\.\\.)`));
    if (command[0] === "backup" || command[0] === "export") {
      await Deno.remove(command[1] ?? "", { recursive: true });
    }
    const hidden = await runToEnd(["store", ...command]);
    assert.ok(!hidden.stderr.includes("\r"), hidden.stderr);
  }
});
