import assert from "node:assert/strict";
import type { Operation } from "../../../lib/server/http/operation.ts";
import { ROUTES } from "../../../lib/server/http/routes.ts";
import { EventReadError, EventWriteError } from "../../../lib/store/store.ts";
import { Bench, FakeStore, frame } from "../fixtures.ts";
import { type Answer, ask, askRaw, push } from "./fixtures.ts";

interface Documented {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

const OPERATIONS: readonly Documented[] = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
);

// deno-lint-ignore no-explicit-any -- a document is looked into
async function readDocument(bench: Bench): Promise<any> {
  const { json, headers } = await ask(bench, "/openapi.json");
  assert.equal(headers.get("content-type"), "application/json");
  return json();
}

function addressOf(path: string): string {
  return path.replace("{id}", "x");
}

Deno.test("GET /openapi.json is OpenAPI 3.1 with each route, method and parameter, and no other", async () => {
  await using bench = await Bench.start();
  const document = await readDocument(bench);
  assert.match(document.openapi, /^3\.1\./);
  assert.equal(typeof document.info.title, "string");
  assert.match(document.info.version, /^\d+\.\d+\.\d+/);
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).filter((name) => name !== "parameters")
      .map((method) => `${method.toUpperCase()} ${path}`)
  );
  const routed = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), routed.sort());
  const ids = new Set<string>();
  for (const { path, method, operation } of OPERATIONS) {
    const entry = document.paths[path][method.toLowerCase()];
    assert.ok(!ids.has(entry.operationId), `${entry.operationId} is there twice`);
    ids.add(entry.operationId);
    // deno-lint-ignore no-explicit-any -- as above
    const names = entry.parameters.map((parameter: any) => parameter.name);
    assert.deepEqual(names, Object.keys(operation.parameters));
    for (const parameter of entry.parameters) {
      assert.equal(parameter.in, "query");
      assert.ok(parameter.description.length > 10 && parameter.schema);
    }
    for (const name of path.matchAll(/\{(\w+)\}/g)) {
      // deno-lint-ignore no-explicit-any -- as above
      const inPath = document.paths[path].parameters.filter((one: any) => one.name === name[1]);
      assert.equal(inPath.length, 1);
      assert.deepEqual([inPath[0].in, inPath[0].required], ["path", true]);
    }
  }
});

Deno.test("GET /openapi.json refers to nothing that is not in it", async () => {
  await using bench = await Bench.start();
  const document = await readDocument(bench);
  const references: string[] = [];
  JSON.stringify(document, (key, value) => {
    if (key === "$ref") references.push(value);
    return value;
  });
  assert.ok(references.length > 0);
  for (const reference of references) {
    const found = reference.slice(2).split("/").reduce((at, name) => at?.[name], document);
    assert.ok(found, reference);
  }
});

Deno.test("Each route takes the parameters that are documented, and no others", async () => {
  await using bench = await Bench.start();
  await push(bench, frame({ id: "x" }));
  const document = await readDocument(bench);
  for (const { path, method, operation } of OPERATIONS) {
    if (method === "DELETE" || method === "POST") continue;
    for (const parameter of document.paths[path][method.toLowerCase()].parameters) {
      const example = parameter.example ?? parameter.schema.enum?.[0] ?? 1;
      const value = encodeURIComponent(String(Array.isArray(example) ? example[0] : example));
      const answer = await ask(bench, `${addressOf(path)}?${parameter.name}=${value}`);
      assert.equal(answer.status, 200, `${path} ${parameter.name}: ${answer.text}`);
    }
    assert.ok(operation.answers[400], `${path} does not say that it refuses parameters`);
    const unknown = await ask(bench, `${addressOf(path)}?unknown=1`, { method });
    assert.equal(unknown.json().parameter, "unknown");
  }
});

type Producer = (benches: Benches) => Promise<Answer>;

interface Benches {
  readonly good: Bench;
  readonly live: Bench;
  readonly store: FakeStore;
  readonly failing: Bench;
}

const unreadable = new EventReadError("Cannot read");

/** How each documented answer comes about. */
const PRODUCERS: Readonly<Record<string, Producer>> = {
  "findEvents 200": ({ good }) => ask(good, "/events"),
  "findEvents 400": ({ good }) => ask(good, "/events?limit=x"),
  "findEvents 409": ({ live }) => ask(live, "/events"),
  "findEvents 503": ({ failing }) => ask(failing, "/events"),
  "pushEvents 200": ({ good }) => push(good, frame({ id: "x" })),
  "pushEvents 400": ({ good }) => push(good, "junk"),
  "pushEvents 415": ({ good }) => push(good, "junk", { "content-type": "text/html" }),
  "pushEvents 500": ({ failing, store }) => {
    store.failures.push(new EventWriteError("Cannot store", { retryable: false }));
    return push(failing, frame({}));
  },
  "pushEvents 503": ({ failing, store }) => {
    store.failures.push(new EventWriteError("Cannot store", { retryable: true }));
    return push(failing, frame({}));
  },
  "getEvent 200": ({ good }) => ask(good, "/events/x"),
  "getEvent 400": ({ good }) => ask(good, "/events/x?format=x"),
  "getEvent 404": ({ good }) => ask(good, "/events/none"),
  "getEvent 409": ({ live }) => ask(live, "/events/x"),
  "getEvent 503": ({ failing }) => ask(failing, "/events/x"),
  "deleteEvent 204": ({ good }) => ask(good, "/events/x", { method: "DELETE" }),
  "deleteEvent 400": ({ good }) => ask(good, "/events/x?format=json", { method: "DELETE" }),
  "deleteEvent 404": ({ good }) => ask(good, "/events/none", { method: "DELETE" }),
  "deleteEvent 409": ({ live }) => ask(live, "/events/x", { method: "DELETE" }),
  "deleteEvent 503": ({ failing }) => ask(failing, "/events/x", { method: "DELETE" }),
  "eventStats 200": ({ good }) => ask(good, "/stats"),
  "eventStats 400": ({ good }) => ask(good, "/stats?interval=0"),
  "eventStats 409": ({ live }) => ask(live, "/stats"),
  "eventStats 503": ({ failing }) => ask(failing, "/stats"),
  "healthz 200": ({ good }) => ask(good, "/healthz"),
  "healthz 400": ({ good }) => ask(good, "/healthz?x"),
  "readyz 200": ({ good }) => ask(good, "/readyz"),
  "readyz 400": ({ good }) => ask(good, "/readyz?x"),
  "readyz 503": ({ failing }) => ask(failing, "/readyz"),
  "metrics 200": ({ good }) => ask(good, "/metrics"),
  "metrics 400": ({ good }) => ask(good, "/metrics?x"),
  "openapi 200": ({ good }) => ask(good, "/openapi.json"),
  "openapi 400": ({ good }) => ask(good, "/openapi.json?x"),
};

/** A store of which every method fails that has to do with what is stored. */
class UnreadableStore extends FakeStore {
  override get(): Promise<never> {
    return Promise.reject(unreadable);
  }
  override delete(): Promise<never> {
    return Promise.reject(new EventWriteError("Cannot delete now", { retryable: true }));
  }
  override stats(): Promise<never> {
    return Promise.reject(unreadable);
  }
}

Deno.test("Each answer that a route documents comes about, in a type and form that it documents", async () => {
  await using good = await Bench.start();
  await using live = await Bench.start("live");
  const store = new UnreadableStore();
  // deno-lint-ignore require-yield -- it fails
  store.fakeSearch = async function* () {
    await Promise.resolve();
    throw unreadable;
  };
  await using failing = await Bench.start({ store });
  await push(good, frame({ id: "x" }));
  const document = await readDocument(good);
  const documented = OPERATIONS.flatMap(({ operation }) =>
    Object.keys(operation.answers).map((status) => `${operation.id} ${status}`)
  );
  assert.deepEqual(Object.keys(PRODUCERS).sort(), documented.sort());
  for (const [key, produce] of Object.entries(PRODUCERS)) {
    const [id, status = ""] = key.split(" ");
    const answer = await produce({ good, live, store, failing });
    assert.equal(String(answer.status), status, `${key}: ${answer.text}`);
    const { path = "", method = "" } = OPERATIONS.find(({ operation }) => operation.id === id) ??
      {};
    const entry = document.paths[path][method.toLowerCase()].responses[status];
    const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
    if (entry.content === undefined) assert.equal(answer.text, "", key);
    else assert.ok(type in entry.content, `${key}: ${type}`);
    for (const name of Object.keys(entry.headers ?? {})) assert.ok(answer.headers.has(name), name);
    if (type === "application/problem+json") {
      for (const name of document.components.schemas.Problem.required) {
        assert.ok(name in answer.json(), `${key} has no ${name}`);
      }
    } else if (type === "application/json") {
      for (const name of entry.content[type].schema.required ?? []) {
        assert.ok(name in answer.json(), `${key} has no ${name}`);
      }
    }
  }
});

Deno.test("Each route answers as is documented for all of them", async () => {
  await using bench = await Bench.start();
  const document = await readDocument(bench);
  const long = `?${"x".repeat(20_000)}`;
  for (const { path, method } of OPERATIONS) {
    const { responses } = document.paths[path][method.toLowerCase()];
    const address = addressOf(path);
    const rows = [
      [403, await askRaw(bench, `${method} ${address}`, { origin: "https://evil.example" })],
      [405, await ask(bench, address, { method: "PATCH" })],
      [414, await ask(bench, `${address}${long}`, { method })],
    ] as const;
    for (const [status, answer] of rows) {
      assert.equal(answer.status, status, `${method} ${path}`);
      assert.ok(String(status) in responses);
      assert.equal(answer.json().status, status);
    }
    assert.ok("500" in responses);
  }
});
