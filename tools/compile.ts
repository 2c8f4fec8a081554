/**
 * Makes single-file programs in `dist/` (or `--out DIR`), for this machine or for each `--target TRIPLE`.
 *
 * `deno compile` downloads its base binary. Where that cannot be had, `DENORT_BIN` names one, and
 * `COMPILE_DENO` the deno that fits it; both are Deno's and this tool's variables for offline builds.
 */
import { parseArgs } from "node:util";
import { run } from "./run.ts";

/** Program, entry module, and the permissions it cannot do without. */
const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  ["theia", "mod.ts", [
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-sys=hostname",
    "--allow-env=TMPDIR,TMP,TEMP,XDG_STATE_HOME,HOME,USERPROFILE,THEIA_EVENTER_TOKEN,INIT_CWD,TERM,LC_ALL,LC_CTYPE,LANG",
  ]],
  ["theia-collector", "collector.ts", ["--allow-net", "--allow-read", "--allow-write"]],
  ["theia-watcher", "watcher.ts", [
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-sys=hostname",
    "--allow-env=XDG_STATE_HOME,HOME,USERPROFILE",
  ]],
  ["theia-query", "query.ts", ["--allow-net", "--allow-read", "--allow-write", "--allow-env=TERM"]],
];

/** The second halves the memory of a busy collector, for a twentieth of its speed: docs/tuning.md. */
const V8_FLAGS =
  "--v8-flags=--enable-experimental-regexp-engine-on-excessive-backtracks,--max-semi-space-size=4";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    out: { type: "string", default: "dist" },
    target: { type: "string", multiple: true, default: [] },
    only: { type: "string", multiple: true, default: [] },
  },
});

const deno = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
const targets = values.target.length > 0 ? values.target : [undefined];
for (const target of targets) {
  for (const [name, entry, permissions] of PROGRAMS) {
    if (values.only.length > 0 && !values.only.includes(name)) continue;
    const suffix = target === undefined ? "" : `-${target}`;
    const forTarget = target === undefined ? [] : ["--target", target];
    // Types are checked by `deno task ok`; an older deno may know other ones.
    await run([
      deno,
      "compile",
      "--no-check",
      "--quiet",
      // The page's files are imported as text, which older bases do only when asked to.
      "--unstable-raw-imports",
      V8_FLAGS,
      ...permissions,
      ...forTarget,
      "--output",
      `${values.out}/${name}${suffix}`,
      entry,
    ]);
    await Deno.stdout.write(new TextEncoder().encode(`${values.out}/${name}${suffix}\n`));
  }
}
