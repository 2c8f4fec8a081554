import assert from "node:assert/strict";
import { refusalOf } from "../../../lib/server/origin.ts";
import { Bench, frame, until } from "../fixtures.ts";
import { ask, askRaw, never, push, SearchedStore } from "./fixtures.ts";

const ALLOWED: Readonly<Record<string, string>> = {
  "/": "GET, HEAD, OPTIONS",
  "/events": "GET, POST, HEAD, OPTIONS",
  "/events/x": "GET, DELETE, HEAD, OPTIONS",
  "/stats": "GET, HEAD, OPTIONS",
  "/healthz": "GET, HEAD, OPTIONS",
  "/readyz": "GET, HEAD, OPTIONS",
  "/metrics": "GET, HEAD, OPTIONS",
  "/openapi.json": "GET, HEAD, OPTIONS",
};

Deno.test("Router answers other methods with 405, and OPTIONS, by what a path takes", async () => {
  await using bench = await Bench.start();
  for (const [path, allow] of Object.entries(ALLOWED)) {
    for (const method of ["PUT", "PATCH", "POST", "DELETE", "constructor", "get"]) {
      if (allow.includes(method)) continue;
      const answer = await askRaw(bench, `${method} ${path}`);
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.equal(answer.headers.get("allow"), allow);
      assert.equal(answer.json().status, 405);
    }
    const options = await ask(bench, path, { method: "OPTIONS" });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get("allow"), allow);
  }
});

Deno.test("Router answers HEAD as GET, without a body and without searching on", async () => {
  const store = new SearchedStore();
  store.makeBatches = async function* (signal) {
    yield [];
    await never(signal);
  };
  await using bench = await Bench.start({ store });
  await push(bench, frame({ id: "x" }));
  const paths = Object.keys(ALLOWED).filter((path) => path !== "/stats");
  for (const path of [...paths, "/events?format=text", "/events/none"]) {
    const get = path.startsWith("/events?") || path === "/events"
      ? undefined
      : await ask(bench, path);
    const head = await ask(bench, path, { method: "HEAD" });
    assert.equal(head.text, "");
    assert.equal(head.headers.get("content-length"), null);
    if (get === undefined) assert.equal(head.headers.get("theia-cursor"), "1");
    else {
      assert.equal(head.status, get.status, path);
      assert.equal(head.headers.get("content-type"), get.headers.get("content-type"));
    }
  }
  await until(() => store.ended === 2);
  assert.equal((await ask(bench, "/events?limit=x", { method: "HEAD" })).status, 400);
});

Deno.test("Router answers unknown paths with 404 and names the known ones", async () => {
  const assets = new Map([["/web/app.js", { type: "text/javascript", body: "1;" }]]);
  await using bench = await Bench.start({ assets });
  for (const path of ["/nope", "/events/", "/events/a/b", "/Events", "//events", "/stats/"]) {
    const answer = await askRaw(bench, `GET ${path}`);
    assert.equal(answer.status, 404, path);
    const { detail } = answer.json();
    assert.match(detail, / known are \/, .*\/events\/\{id\}/);
    assert.doesNotMatch(detail, /app\.js/);
  }
});

Deno.test("Router sends no answer that a browser would take for another type or keep", async () => {
  await using bench = await Bench.start();
  for (const path of Object.keys(ALLOWED)) {
    const { headers } = await ask(bench, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("cache-control"), path === "/" ? "no-cache" : "no-store");
  }
});

Deno.test("Router serves assets with a strict policy, and 304 to who has them", async () => {
  const assets = new Map([
    ["/", { type: "text/html; charset=utf-8", body: "<!doctype html><p>é" }],
    ["/web/app.js", { type: "text/javascript", body: new Uint8Array([49, 59]) }],
  ]);
  await using bench = await Bench.start({ assets });
  const page = await ask(bench, "/");
  assert.equal(page.text, "<!doctype html><p>é");
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy") ?? "";
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.split("; ").includes(rule), rule);
  }
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  const script = await ask(bench, "/web/app.js?v=1");
  assert.equal(script.text, "1;");
  const etag = script.headers.get("etag") ?? "";
  assert.notEqual(etag, page.headers.get("etag"));
  for (const known of [etag, `"x", W/${etag}`, "*"]) {
    const again = await ask(bench, "/web/app.js", { headers: { "if-none-match": known } });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get("etag"), etag);
  }
  const other = await ask(bench, "/web/app.js", { headers: { "if-none-match": '"other"' } });
  assert.equal(other.status, 200);
  assert.equal((await ask(bench, "/web/none.js")).status, 404);
  assert.equal((await ask(bench, "/web/app.js", { method: "POST" })).status, 405);
});

Deno.test("Router tells at / of a collector without a page where to look", async () => {
  await using bench = await Bench.start();
  const { text, headers } = await ask(bench, "/");
  assert.match(headers.get("content-type") ?? "", /^text\/plain/);
  assert.match(text, /\/openapi\.json/);
});

Deno.test("Router lets pages of other origins have nothing", async () => {
  await using bench = await Bench.start();
  await push(bench, frame({ id: "secret" }));
  const { port } = bench.collector;
  const evil = { origin: "https://evil.example" };
  const rows: readonly (readonly [string, Record<string, string>])[] = [
    ["GET /events", evil],
    ["GET /events", { origin: "null" }],
    ["GET /events", { origin: `http://localhost:${port + 1}` }],
    ["GET /metrics", evil],
    ["GET /", evil],
    ["DELETE /events/secret", evil],
    ["OPTIONS /events", { ...evil, "access-control-request-method": "DELETE" }],
    // What a page loads as script, picture or frame comes without an origin.
    ["GET /events", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["GET /events", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
    ["GET /", {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "iframe",
    }],
    ["POST /events", {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    }],
    // A name of the page's own that was pointed to this machine.
    ["GET /events", { host: `evil.example:${port}` }],
    ["GET /events", { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }],
    ["GET /events", { host: "localhost.evil.example" }],
    ["GET /events", { host: "127.0.0.1.evil.example" }],
  ];
  for (const [line, headers] of rows) {
    const answer = await askRaw(bench, line, headers);
    assert.equal(answer.status, 403, `${line} ${JSON.stringify(headers)}`);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    assert.equal(answer.text.includes("secret"), false);
  }
  assert.equal((await ask(bench, "/events/secret")).status, 200);
});

Deno.test("Router takes no form of another site, whatever type it claims", async () => {
  await using bench = await Bench.start();
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    const body = "id: x\ntimestamp: 1\nhello=";
    const answer = await askRaw(bench, "POST /events", {
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
      "content-type": type,
      "content-length": String(body.length),
    }, body);
    assert.equal(answer.status, 403);
  }
  assert.equal(bench.store?.cursor, 0);
});

Deno.test("Router answers its own pages, links to it, and programs", async () => {
  await using bench = await Bench.start();
  const { port } = bench.collector;
  const rows: readonly Record<string, string>[] = [
    {},
    { origin: `http://localhost:${port}`, "sec-fetch-site": "same-origin" },
    { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` },
    { host: `[::1]:${port}` },
    { host: `theia.localhost:${port}` },
    { host: `localhost.:${port}` },
    { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
  ];
  for (const headers of rows) {
    const answer = await askRaw(bench, "GET /events", headers);
    assert.equal(answer.status, 200, JSON.stringify(headers));
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("Router shares its answers with allowed origins, preflight included", async () => {
  const origin = "https://ops.example";
  await using bench = await Bench.start({ allowedOrigins: [origin] });
  const cross = { origin, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
  const answer = await askRaw(bench, "GET /events", cross);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("access-control-allow-origin"), origin);
  assert.match(answer.headers.get("access-control-expose-headers") ?? "", /theia-cursor/);
  assert.match(answer.headers.get("vary") ?? "", /origin/);
  const preflight = await askRaw(bench, "OPTIONS /events", {
    ...cross,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /POST/);
  assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /content-type/);
  const wrong = await askRaw(bench, "GET /events?limit=x", cross);
  assert.equal(wrong.status, 400);
  assert.equal(wrong.headers.get("access-control-allow-origin"), origin);
  assert.equal((await askRaw(bench, "GET /events", { host: "ops.example" })).status, 200);
  const other = await askRaw(bench, "GET /events", { ...cross, origin: "https://evil.example" });
  assert.equal(other.status, 403);
});

Deno.test("Router on other addresses than loopback answers for any host", async () => {
  await using bench = await Bench.start({ hostname: "0.0.0.0" });
  const { port } = bench.collector;
  const host = `collector.example:${port}`;
  assert.equal((await askRaw(bench, "GET /events", { host })).status, 200);
  const own = { host, origin: `http://${host}` };
  assert.equal((await askRaw(bench, "GET /events", own)).status, 200);
  const evil = { host, origin: "https://evil.example" };
  assert.equal((await askRaw(bench, "GET /events", evil)).status, 403);
});

Deno.test("Router knows by HTTP/2, which has no header for it, for which host it answers", async () => {
  await using bench = await Bench.start();
  const url = `http://localhost:${bench.collector.port}`;
  using client = Deno.createHttpClient({ http1: false, http2: true });
  for (const [origin, status] of [[url, 200], ["http://evil.example", 403]] as const) {
    const response = await fetch(`${url}/healthz`, { client, headers: { origin } });
    await response.body?.cancel();
    assert.equal(response.status, status, origin);
  }
  const rules = { isLoopback: true, allowedOrigins: [] };
  assert.match(refusalOf(new Request("http://evil.example:6433/"), rules) ?? "", /evil\.example/);
  assert.equal(refusalOf(new Request("http://localhost:6433/"), rules), undefined);
});

Deno.test("Router answers a host that is none with 400", async () => {
  await using bench = await Bench.start();
  for (const host of ["localhost:evil", "a b", "[::1"]) {
    assert.equal((await askRaw(bench, "GET /events", { host })).status, 400, host);
  }
});
