import assert from "node:assert/strict";
import { ConnectError } from "../../lib/client/connect_error.ts";
import { fetchCounts } from "../../lib/client/counts.ts";
import { Query } from "../../lib/client/query.ts";
import { QueryError } from "../../lib/client/query_error.ts";
import { createEvent } from "../../lib/event/event.ts";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { testWithCertificates } from "../certificates.ts";
import { runProgram } from "../e2e/program.ts";
import { freePort } from "../e2e/free_port.ts";

const ANSWER = {
  matched: 3,
  scanned: 9,
  elapsed_ms: 1,
  cursor: 9,
  interval: 60,
  by: "source",
  buckets: [[0, 1], [60, 2]],
  groups: [{ key: "/web", count: 3, buckets: [[60, 2]] }],
  other_events: 0,
  store: { events: 9, raw_bytes: 1, stored_bytes: 1, oldest: 1, newest: null, damaged: 0 },
};

/** An HTTP server that answers each request alike, and what it was asked. */
class FakeStats implements AsyncDisposable {
  readonly urls: URL[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(answer: () => Response | Promise<Response>) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      this.urls.push(new URL(request.url));
      return answer();
    });
  }

  get address() {
    return { host: "127.0.0.1", port: this.#server.addr.port };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }
}

function problem(status: number, body: object): Response {
  const headers = { "content-type": "application/problem+json" };
  return new Response(JSON.stringify(body), { status, headers });
}

Deno.test("fetchCounts reads what is counted", async () => {
  await using server = new FakeStats(() => Response.json(ANSWER));
  assert.deepEqual(await fetchCounts(server.address, {}), {
    matched: 3,
    scanned: 9,
    elapsedMs: 1,
    cursor: 9,
    buckets: [{ start: 0, count: 1 }, { start: 60, count: 2 }],
    groups: [{ key: "/web", count: 3, buckets: [{ start: 60, count: 2 }] }],
    otherEvents: 0,
    store: { events: 9, oldest: 1, newest: undefined },
  });
});

Deno.test("fetchCounts asks with all criteria but order and limit, and with its options", async () => {
  await using server = new FakeStats(() => Response.json(ANSWER));
  await fetchCounts(
    server.address,
    {
      content: "a&b=c +é",
      tags: ["x", ""],
      start: 1.5,
      end: 2,
      source: "/v",
      id: "7",
      since: 3,
      order: "desc",
      limit: 1,
    },
    { interval: 0.5, by: "tag", top: 7 },
  );
  const [url] = server.urls;
  assert.equal(url?.pathname, "/stats");
  assert.deepEqual(Object.fromEntries(url?.searchParams ?? []), {
    content: "a&b=c +é",
    tags: "(?:)",
    start: "1.5",
    end: "2",
    source: "/v",
    id: "7",
    since: "3",
    interval: "0.5",
    by: "tag",
    top: "7",
  });
  assert.deepEqual(url?.searchParams.getAll("tags"), ["x", "(?:)"]);
});

Deno.test("fetchCounts sends tag patterns so that commas in them do not separate", async () => {
  await using server = new FakeStats(() => Response.json(ANSWER));
  const rows = {
    "a{1,2}": "a{1,2}",
    "a{1,}": "a{1,}",
    "[a,b]": "[a\\x2cb]",
    "a,b": "a\\x2cb",
    "a\\,b": "a\\x2cb",
    "a\\\\,b": "a\\\\\\x2cb",
    "a{1\\,2}": "a{1\\x2c2}",
  };
  await fetchCounts(server.address, { tags: Object.keys(rows) });
  assert.deepEqual(server.urls[0]?.searchParams.getAll("tags"), Object.values(rows));
});

Deno.test("fetchCounts gives the words of a problem, and says when nothing can count there", async () => {
  const rows: readonly (readonly [Response, RegExp])[] = [
    [problem(400, { title: "Bad", detail: "'content' is wrong" }), /'content' is wrong$/],
    [problem(409, { title: "Nothing is kept" }), /Nothing is kept$/],
    [problem(503, {}), /HTTP status 503/],
    [
      new Response("{", { status: 400, headers: { "content-type": "application/problem+json" } }),
      /400/,
    ],
    [new Response("no", { status: 404 }), /older collector/],
    [new Response("no", { status: 426 }), /older collector/],
    [new Response("no", { status: 500 }), /HTTP status 500/],
    [new Response("<html>"), /malformed/],
    [Response.json({ ...ANSWER, matched: "3" }), /'matched' must be a number/],
    [Response.json({ ...ANSWER, buckets: [[1]] }), /'buckets'/],
    [Response.json({ ...ANSWER, groups: [{ count: 1 }] }), /'key'/],
    [Response.json(null), /malformed/],
  ];
  for (const [response, expected] of rows) {
    await using server = new FakeStats(() => response);
    await assert.rejects(fetchCounts(server.address, {}), (error) => {
      assert(error instanceof QueryError, `${error}`);
      assert.match(error.message, /^Cannot count events at http:\/\/127/);
      assert.match(error.message, expected);
      return true;
    });
  }
});

Deno.test("fetchCounts says why no collector can be reached", async () => {
  const rows = [
    [{ port: freePort() }, "unreachable"],
    [{ host: "no.such.host.invalid" }, "unresolved"],
  ] as const;
  for (const [address, failure] of rows) {
    await assert.rejects(fetchCounts(address, {}), (error) => {
      assert(error instanceof ConnectError, `${error}`);
      assert.equal(error.failure, failure, error.message);
      return true;
    });
  }
  await using server = new FakeStats(() => new Response("no", { status: 403 }));
  await assert.rejects(fetchCounts(server.address, {}), { name: "ConnectError", status: 403 });
});

Deno.test("fetchCounts goes straight to its collector, whatever proxy the environment names", async () => {
  await using server = new FakeStats(() => Response.json(ANSWER));
  const { host, port } = server.address;
  // In a process of its own, as its environment is that of all tests that run at the same time.
  const file = new URL("./counts_program.ts", import.meta.url).pathname;
  const program = { command: [Deno.execPath(), "run", "-A", "--no-check", file, host, `${port}`] };
  const proxy = `http://127.0.0.1:${freePort()}`;
  const env = {
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: "",
    no_proxy: "",
  };
  const { stdout, stderr } = await runProgram(program, [], { env });
  assert.equal(stdout, "3\n", stderr);
});

Deno.test("fetchCounts ends with the reason of its signal", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  await using server = new FakeStats(() => {
    asked.resolve();
    return answer.promise;
  });
  const stop = new AbortController();
  const counting = fetchCounts(server.address, {}, { signal: stop.signal });
  await asked.promise;
  stop.abort(new Error("enough"));
  await assert.rejects(counting, /^Error: enough$/);
  answer.resolve(Response.json(ANSWER));
});

Deno.test("Query.count counts what a collector keeps", async () => {
  await using store = new MemoryStore();
  await store.save([
    createEvent({ timestamp: 10, source: "a", tags: ["x", "y"], content: "one" }),
    createEvent({ timestamp: 70, source: "b", tags: ["x"], content: "two" }),
    createEvent({ timestamp: 80, source: "b", content: "three" }),
  ]);
  await using collector = await Collector.listen({ store, port: 0 });
  const query = new Query("localhost", collector.port);
  const { matched, buckets } = await query.count({ content: "t" }, { interval: 60 });
  assert.equal(matched, 2);
  assert.deepEqual(buckets, [{ start: 60, count: 2 }]);
  const { groups } = await query.count({}, { by: "tag" });
  assert.deepEqual(groups.map(({ key, count }) => [key, count]), [["x", 2], ["", 1], ["y", 1]]);
  assert.equal((await query.count({ tags: [""] })).matched, 1);
  for (const tag of ["x{1,2}", "x{0,}", "[x,]", "x|,"]) {
    assert.equal((await query.count({ tags: [tag, "."] })).matched, 2, tag);
  }
  assert.equal((await query.count({ tags: ["x,y"] })).matched, 0);
  await assert.rejects(query.count({ content: "(" }), /content/);
});

testWithCertificates(
  "Query.count trusts the certificates that it is given, and no others",
  async (certificates) => {
    await certificates.makeAuthority("ours");
    await certificates.makeServer("server", "ours", "DNS:localhost");
    await using store = new MemoryStore();
    await store.save([createEvent()]);
    const tls = { cert: certificates.read("server.pem"), key: certificates.read("server.key") };
    await using collector = await Collector.listen({ store, port: 0, tls });
    const caCerts = [certificates.read("ours.pem")];
    const trusting = new Query("localhost", collector.port, { secure: true, caCerts });
    assert.equal((await trusting.count({})).matched, 1);
    const strict = new Query("localhost", collector.port, { secure: true });
    await assert.rejects(strict.count({}), { name: "ConnectError", failure: "tls" });
  },
);
