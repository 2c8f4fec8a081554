import assert from "node:assert/strict";
import { formatByteSize, parseByteSize } from "../../lib/cli/byte_size.ts";
import { formatInstant } from "../../lib/cli/instant.ts";
import { createEvent } from "../../lib/event/event.ts";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { RunningCollector, runToEnd } from "./running_command.ts";

Deno.test("parseByteSize reads decimal and binary units", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["1000", 1000],
    ["12b", 12],
    ["10KB", 10_000],
    ["10k", 10_240],
    ["1.5MiB", 1_572_864],
    ["10GB", 10_000_000_000],
    ["10 GiB", 10_737_418_240],
    ["1T", 1_099_511_627_776],
  ];
  for (const [text, bytes] of cases) assert.equal(parseByteSize(text), bytes, text);
  for (const text of ["", "GB", "-1GB", "10XB", "10GBs", "1,5GB"]) {
    assert.throws(() => parseByteSize(text), TypeError, text);
  }
  assert.equal(formatByteSize(1000), "1000 bytes");
  assert.equal(formatByteSize(4 << 20), "4.0 MiB");
  assert.equal(formatByteSize(300 * 2 ** 30), "300 GiB");
});

Deno.test("formatInstant shows a date where there is one", () => {
  assert.equal(formatInstant(0), "1970-01-01T00:00:00Z");
  assert.equal(formatInstant(1.5), "1970-01-01T00:00:01.500Z");
  assert.equal(formatInstant(1e300), "1e+300 s");
});

Deno.test("collect refuses limits that it cannot keep", async () => {
  const cases: readonly (readonly [args: string[], pattern: RegExp])[] = [
    [["--retention", "30"], /option '--retention' as its value must be a length of time.*'30'/],
    [["--retention", "0.5s"], /'--retention' as its value must be at least 1s/],
    [
      ["--max-bytes", "10XB"],
      /option '--max-bytes' as its value must be a number of bytes.*'10XB'/,
    ],
    [["--max-bytes", "1MB"], /at least 4\.0 MiB: current value is '1MB'/],
    [["--live", "--retention", "1d"], /'--retention' as the events must be kept.*none \(--live\)/],
    [["--store", "memory:", "--max-bytes", "1G"], /'--max-bytes' as .*current store is 'memory:'/],
  ];
  for (const [args, pattern] of cases) {
    const { code, stderr } = await runToEnd(["-P", "0", "collect", ...args]);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, pattern);
  }
});

Deno.test("collect --retention drops what is too old and says so", async () => {
  const directory = await Deno.makeTempDir();
  {
    await using store = await SqliteStore.open(`${directory}/events.db`);
    await store.save([createEvent({ id: "old", timestamp: 1e9, content: "x" })]);
    await store.save([createEvent({ id: "new", content: "x" })]);
  }
  const url = `sqlite:///${directory}/events.db`;
  await using collector = await RunningCollector.start("-U", url, "--retention", "30d");
  await collector.stderr.match(
    /Retention dropped 1 events \(\d+ bytes\) from 2001-09-09T01:46:40Z to 2001-09-09T01:46:40Z\n/,
  );
  const { stdout } = await runToEnd(["query", "-P", collector.port, "-F", "{id}"]);
  assert.equal(stdout, "new\n");
});
