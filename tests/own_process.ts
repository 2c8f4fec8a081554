import assert from "node:assert/strict";

/**
 * Runs the tests of a file in a process of their own: what they change, such as its time zone, is that of
 * all tests that run at the same time otherwise.
 *
 * @param name Of the test that does so.
 * @param cases The file, whose name does not end like those of tests.
 * @param env Variables of the process beside those of this one.
 */
export function testInOwnProcess(
  name: string,
  cases: URL,
  env: Readonly<Record<string, string>> = {},
): void {
  Deno.test(name, async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", cases.pathname],
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
    }).output();
    const [said, warned] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(success, `${said}${warned}`);
    assert.match(said ?? "", /^ok \| [1-9]\d* passed \| 0 failed/m);
  });
}
