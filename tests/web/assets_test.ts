import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { WEB_ASSETS } from "../../lib/web/assets.ts";

const FOLDER = fileURLToPath(new URL("../../lib/web/", import.meta.url));

Deno.test("WEB_ASSETS has every file of the page", async () => {
  const wanted = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
    .filter((name) => name !== "assets.ts")
    .map((name) => name === "index.html" ? "/" : `/web/${name}`);
  assert.deepEqual([...WEB_ASSETS.keys()].sort(), wanted.sort());
  for (const [path, { body }] of WEB_ASSETS) {
    const name = path === "/" ? "index.html" : path.replace("/web/", "");
    assert.equal(body, await Deno.readTextFile(`${FOLDER}${name}`));
  }
});

Deno.test("WEB_ASSETS refer to each other only, and hold no inline style or script", () => {
  for (const [path, { body, type }] of WEB_ASSETS) {
    const references = [
      ...body.matchAll(/(?:from|import) "\.\/([^"]+)"/g),
      ...body.matchAll(/(?:href|src)="web\/([^"]+)"/g),
    ];
    for (const [, name] of references) {
      assert.ok(WEB_ASSETS.has(`/web/${name}`), `${path}: ${name}`);
    }
    if (type.startsWith("text/html")) {
      assert.doesNotMatch(body, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    }
    if (type.startsWith("text/javascript")) {
      assert.doesNotMatch(body, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/);
    }
    assert.doesNotMatch(body.replaceAll("http://www.w3.org/2000/svg", ""), /https?:\/\//, path);
  }
});

/** The modules that a module needs, without itself. */
function neededBy(name: string, needed = new Set<string>()): ReadonlySet<string> {
  const { body = "" } = WEB_ASSETS.get(`/web/${name}`) ?? {};
  for (const [, other = ""] of body.matchAll(/^import [^;]*?from "\.\/([^"]+)";/gm)) {
    if (needed.has(other)) continue;
    needed.add(other);
    neededBy(other, needed);
  }
  return needed;
}

Deno.test("index.html has all modules loaded at once, instead of one after another", () => {
  const page = WEB_ASSETS.get("/")?.body ?? "";
  const preloaded = [...page.matchAll(/rel="modulepreload" href="web\/([^"]+)"/g)].map(([, name]) =>
    name
  );
  assert.deepEqual(preloaded, [...neededBy("app.js")].sort());
});
