/** Makes `dist/theia.js` (or `--out FILE`): the whole program in one file that any Deno runs. */
import { parseArgs } from "node:util";
import { run } from "./run.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { out: { type: "string", default: "dist/theia.js" } },
});

await run([Deno.execPath(), "bundle", "--quiet", "--output", values.out, "mod.ts"]);
await Deno.stdout.write(new TextEncoder().encode(`${values.out}\n`));
