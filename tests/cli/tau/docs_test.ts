import assert from "node:assert/strict";
import { KEYS } from "../../../lib/cli/tau/keys.ts";

const DOCS = new URL("../../../docs/tau.md", import.meta.url);

Deno.test("docs/tau.md has the keys of the help, in its order and words", async () => {
  const text = await Deno.readTextFile(DOCS);
  const [, section = ""] = /^## Keys$([^]*?)^## /m.exec(text) ?? [];
  const rows = [...section.matchAll(/^\| (`.*?) +\| (.*?) +\|$/gm)];
  assert.deepEqual(
    rows.map(([, keys, help]) => [keys, help]),
    KEYS.map(({ keys, help }) => [keys.map((key) => `\`${key}\``).join(", "), help]),
  );
});

Deno.test("no key has two meanings", () => {
  const keys = KEYS.flatMap((row) => row.keys);
  assert.equal(new Set(keys).size, keys.length);
});
