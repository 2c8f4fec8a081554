import assert from "node:assert/strict";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { event } from "../store/fixtures.ts";
import { type Outcome, type Program, runProgram, SOURCE } from "./program.ts";
import { TempDirectory } from "./temp_directory.ts";

/** Runs a program as somebody who may not do everything, which root may. */
const AS_NOBODY: readonly string[] = Deno.uid() === 0
  ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
  : [];

/** Whether the source can be run so: the folders above it must let others in. */
function canRunAsNobody(): boolean {
  if (Deno.build.os === "windows") return false;
  const [command = Deno.execPath(), ...args] = [...AS_NOBODY, Deno.execPath(), "eval", ""];
  try {
    const source = new URL("../../mod.ts", import.meta.url).pathname;
    const reader = [...AS_NOBODY, "cat", source];
    const options = { stdout: "null", stderr: "null", env: { DENO_DIR: "/tmp" } } as const;
    return new Deno.Command(command, { args, ...options }).outputSync().success &&
      new Deno.Command(reader[0] ?? "", { args: reader.slice(1), ...options }).outputSync().success;
  } catch {
    return false;
  }
}

const IS_POSSIBLE = canRunAsNobody();

/** Runs `theia` without the rights of root. */
async function runAsNobody(directory: TempDirectory, ...args: string[]): Promise<Outcome> {
  const cache = directory.file("cache");
  Deno.mkdirSync(cache, { recursive: true });
  Deno.chmodSync(cache, 0o777);
  const program: Program = {
    command: [...AS_NOBODY, ...SOURCE.command],
    env: { DENO_DIR: cache, HOME: cache },
  };
  return await runProgram(program, args, { timeoutMs: 60_000 });
}

async function assertFails(
  directory: TempDirectory,
  args: string[],
  pattern: RegExp,
): Promise<void> {
  const { code, stderr } = await runAsNobody(directory, ...args);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /^error: Cannot [^\n]*\n$/);
  assert.match(stderr, pattern);
}

Deno.test({
  name: IS_POSSIBLE
    ? "Stores without rights to them are refused by name and left alone"
    : "Stores without rights are refused (skipped: the source cannot be run by another user here)",
  ignore: !IS_POSSIBLE,
  fn: async () => {
    await using directory = await TempDirectory.make();
    Deno.chmodSync(directory.path, 0o755);
    const locked = directory.file("locked");
    Deno.mkdirSync(locked, { mode: 0o555 });
    const place = new RegExp(`'${locked}/.*directory must be writable`);
    await assertFails(directory, ["collect", "-P", "0", "-d", `${locked}/data`], place);
    await assertFails(
      directory,
      ["collect", "-P", "0", "-d", locked],
      /directory must be writable/,
    );
    const url = `sqlite:///${locked}/events.db`;
    await assertFails(directory, ["collect", "-P", "0", "-U", url], place);
    await assertFails(directory, ["store", "import", "/etc/hostname", "--store", url], place);
    assert.deepEqual([...Deno.readDirSync(locked)], []);

    const path = directory.file("mine", "events.db");
    {
      await using store = await SqliteStore.open(path);
      await store.save([event("a")]);
    }
    const before = Deno.readFileSync(path);
    const mine = ["--store", `sqlite:///${path}`];
    Deno.chmodSync(directory.file("mine"), 0o555);
    Deno.chmodSync(path, 0o600);
    const named = new RegExp(`Cannot open store '${path}': `);
    for (const command of [["stats"], ["verify"], ["export"], ["backup", directory.file("copy")]]) {
      await assertFails(directory, ["store", ...command, ...mine], named);
    }
    assert.deepEqual(Deno.readFileSync(path), before);
    Deno.chmodSync(directory.file("mine"), 0o755);

    const unreadable = directory.file("unreadable");
    Deno.mkdirSync(unreadable, { mode: 0o000 });
    const files = ["--store", `files:${unreadable}`];
    await assertFails(directory, ["store", "verify", ...files], /'.*unreadable': .*ermission/);
  },
});
