import assert from "node:assert/strict";
import { Reporter } from "../../../lib/cli/reporter.ts";
import { checkStatusPath, StatusFile } from "../../../lib/cli/watch/status_file.ts";
import type { WatchStatus } from "../../../lib/cli/watch/watch_status.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { until } from "../../e2e/until.ts";
import { FakeEnvironment } from "../fake_environment.ts";
import { readStatus, STATUS } from "./fixtures.ts";

/** A status file whose status and clock are set by the test. */
class Fixture {
  status: WatchStatus = STATUS;
  nowMs = 0;
  readonly environment = new FakeEnvironment();
  readonly #reporter = new Reporter(this.environment, false);

  open(path: string): Promise<StatusFile> {
    return StatusFile.open(path, {
      status: () => ({ ...this.status, now: String(this.nowMs) }),
      reporter: this.#reporter,
      now: () => this.nowMs,
    });
  }
}

Deno.test("StatusFile is there at once, follows changes, and says the last when it ends", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/status.json`;
  const fixture = new Fixture();
  const file = await fixture.open(path);
  assert.deepEqual(await readStatus(path), { ...STATUS, now: "0" });
  fixture.status = { ...STATUS, files_total: 7 };
  await until("the change", async () => (await readStatus(path)).files_total === 7);
  fixture.status = { ...STATUS, state: "stopped" };
  await file[Symbol.asyncDispose]();
  await file[Symbol.asyncDispose]();
  assert.equal((await readStatus(path)).state, "stopped");
  assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["status.json"]);
});

Deno.test("StatusFile is not written while nothing changes, but for a sign of life", async () => {
  const path = `${await Deno.makeTempDir()}/status.json`;
  const fixture = new Fixture();
  let looks = 0;
  await using _file = await StatusFile.open(path, {
    status: () => {
      looks++;
      return { ...STATUS, now: String(fixture.nowMs) };
    },
    reporter: new Reporter(fixture.environment, false),
    now: () => fixture.nowMs,
  });
  fixture.nowMs = 9_000;
  await until("another look", () => looks >= 2);
  assert.equal((await readStatus(path)).now, "0");
  fixture.nowMs = 10_000;
  await until("a sign of life", async () => (await readStatus(path)).now === "10000");
});

Deno.test("StatusFile is whole at any time", async () => {
  const path = `${await Deno.makeTempDir()}/status.json`;
  const fixture = new Fixture();
  const files = Array.from({ length: 1000 }, (_, at) => ({
    path: `/${at}`,
    lag_bytes: 1,
    lag_seconds: 0,
  }));
  fixture.status = { ...STATUS, files };
  await using _file = await fixture.open(path);
  let version = 0;
  const changing = setInterval(() => fixture.status = { ...STATUS, files, pid: ++version }, 100);
  try {
    for (let seen = new Set<number>(); seen.size < 3;) {
      const status = await readStatus(path);
      assert.equal(status.files.length, 1000);
      seen = seen.add(status.pid);
    }
  } finally {
    clearInterval(changing);
  }
});

Deno.test("StatusFile that cannot be written at the start is an error that says what to do", async () => {
  const fixture = new Fixture();
  await assert.rejects(fixture.open("/dev/null/status.json"), {
    message: /^Cannot write the status to '\/dev\/null\/status.json': .*; name another file with/,
  });
});

Deno.test("checkStatusPath wants a directory that is there, and no directory at the path", async () => {
  const directory = await Deno.makeTempDir();
  await checkStatusPath(`${directory}/new.json`);
  await assert.rejects(checkStatusPath(`${directory}/none/new.json`), {
    message: /^Cannot use option '--status' as its value must be a file in a directory that is the/,
  });
  await assert.rejects(checkStatusPath(directory), { message: /must be a file, not a directory/ });
  await assert.rejects(checkStatusPath(""), { name: "UsageError" });
});

Deno.test({
  name: `StatusFile reports a full disk once, and goes on when there is room${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(1 << 20);
    const path = disk.file("status.json");
    const fixture = new Fixture();
    const { stderr } = fixture.environment;
    disk.fill();
    let looks = 0;
    {
      await using _file = await StatusFile.open(path, {
        status: () => ({ ...STATUS, pid: ++looks }),
        reporter: new Reporter(fixture.environment, false),
        now: () => fixture.nowMs,
      });
      await until("three tries", () => looks >= 3);
      assert.equal(stderr.lines.length, 1, stderr.text);
      assert.match(stderr.text, /^warning: Cannot write the status to '.*', trying again: /);
      disk.free();
      await stderr.match(/The status is written to '.*' again/);
    }
    assert.equal((await readStatus(path)).pid, looks);
    assert.equal(stderr.lines.length, 2, stderr.text);
  },
});
