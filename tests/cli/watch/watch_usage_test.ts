import assert from "node:assert/strict";
import { within } from "../../e2e/until.ts";
import { runToEnd } from "../running_command.ts";

/** Arguments that cannot be used, and what is said about them. */
const REFUSED: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [
    [],
    /Cannot watch nothing: name files with '-f\/--files', directories with '-d\/--directory' or/,
  ],
  [["-f", ""], /option '-f\/--files' as its value must not be empty: current value is ''/],
  [["-f", "-", "a", "-"], /option '-f\/--files' as '-', standard input, must be given once/],
  [["-f", "a", "--recursive"], /option '--recursive' as it must stand beside '-d\/--directory'/],
  [
    ["-f", "a", "--exclude", "*.gz"],
    /'--exclude' as it must stand beside '-d\/--directory' or '--glob'/,
  ],
  [["-f", "a", "--ca-file", "x.pem"], /option '--ca-file' as it must stand beside '--secure'/],
  [["-f", "a", "--secure", "--ca-file", "/none.pem"], /'--ca-file'.*\/none\.pem/],
  [
    ["-f", "a", "--multiline-start", "("],
    /by '--multiline-start': Cannot compile pattern "\(": missing \)/,
  ],
  [
    ["-f", "a", "--multiline-start", "x", "--multiline-indent"],
    /must not stand beside '--multiline-in/,
  ],
  [["-f", "a", "--split", "diff", "--multiline-indent"], /'--split' must be 'line'/],
  [["-f", "a", "--time-pattern", "%Q"], /%Q/],
  [["-f", "a", "--time-pattern", ""], /[Tt]ime|pattern/],
  [["-f", "a", "--time-utc"], /'--time-utc' as it must stand beside '--time-pattern'/],
  [["-f", "a", "--encoding", "klingon"], /must be a name of an encoding such as utf-8.*'klingon'/],
  [
    ["-f", "a", "--max-line-bytes", "1GiB"],
    /must be from 2 bytes to 512KiB: current value is '1GiB'/,
  ],
  [["-f", "a", "--poll-interval", "0s"], /'--poll-interval' as its value must be/],
  [
    ["-f", "a", "--poll-interval", "soon"],
    /'--poll-interval' as its value must be a length of time/,
  ],
  [["-f", "a", "--from", "middle"], /'--from' as its value must be 'end' or 'beginning'/],
  [["-f", "a", "-t", "a,b"], /must be a single line without commas: current value is 'a,b'/],
  [["-f", "a", "-c", "host:0"], /must be HOST or HOST:PORT: current value is 'host:0'/],
  [["-f", "a", "--metrics-port", "70000"], /'--metrics-port'.*from 0 to 65535.*'70000'/],
  [
    ["-f", "a", "--status", "/none/s.json"],
    /'--status'.*a directory that is there.*'\/none\/s\.json'/,
  ],
  [["-f", "a", "--state-dir", ""], /option '--state-dir' as its value must not be empty/],
  [["-d", "x", "--glob", ""], /option '--glob' as its value must not be empty/],
];

for (const [args, message] of REFUSED) {
  Deno.test(`watch refuses ${args.join(" ") || "no source"}, and says what to do`, async () => {
    const { code, stderr } = await within("an error", runToEnd(["watch", ...args]));
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.match(stderr, /^error: Cannot /);
    assert.match(stderr, /\nTry 'theia watch --help'\.\n$/);
  });
}

Deno.test("watch --help fits a terminal of 80 columns", async () => {
  const { code, stdout } = await runToEnd(["watch", "--help"]);
  assert.equal(code, 0);
  const wide = stdout.split("\n").filter((line) => line.length > 80);
  assert.deepEqual(wide, []);
  for (const option of ["--status <FILE>", "--metrics-port <PORT>", "--dry-run", "--once"]) {
    assert(stdout.includes(option), option);
  }
});
