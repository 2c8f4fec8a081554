import assert from "node:assert/strict";

const CASES = new URL("./time_zone_cases.ts", import.meta.url).pathname;

// The time zone is that of the whole process, where other tests run at the same time.
Deno.test("TimeZone and TimeParser know the clocks of many zones, in a process of their own", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", CASES],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [said, warned] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, `${said}${warned}`);
  assert.match(said ?? "", /^ok \| 4 passed \| 0 failed/m);
});
