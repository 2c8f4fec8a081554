import assert from "node:assert/strict";
import { parseAddress } from "../../lib/store/clickhouse/address.ts";
import { sqlDouble, sqlName, sqlText } from "../../lib/store/clickhouse/literal.ts";
import { spansOf } from "../../lib/store/clickhouse/duplicates.ts";
import { weekOf } from "../../lib/store/clickhouse/event_rows.ts";
import { windowsBetween } from "../../lib/store/clickhouse/search.ts";
import { ServerError } from "../../lib/store/clickhouse/server_error.ts";
import { EventStoreError } from "../../lib/store/store.ts";

Deno.test("parseAddress reads what a URL gives and fills in the rest", () => {
  const plain = parseAddress("clickhouse://host");
  assert.deepEqual(plain, {
    origins: ["http://host:8123"],
    user: "default",
    password: "",
    database: "default",
    cluster: undefined,
    name: "clickhouse://host:8123/default",
  });
  const full = parseAddress("clickhouses://us%20er:p%40%2F%3Aw@[::1]:1,b:2/d%20b?cluster=c%26");
  assert.deepEqual(full, {
    origins: ["https://[::1]:1", "https://b:2"],
    user: "us er",
    password: "p@/:w",
    database: "d b",
    cluster: "c&",
    name: "clickhouses://[::1]:1/d%20b",
  });
  assert.deepEqual(parseAddress("clickhouses://host").origins, ["https://host:8443"]);
});

Deno.test("parseAddress refuses other forms and shows no password", () => {
  const refused = [
    "clickhouse:",
    "clickhouse://",
    "clickhouse:///db",
    "clickhouse://user:secret",
    "clickhouse://user:secret@/db",
    "clickhouse://user:secret@host:0/db",
    "clickhouse://user:secret@host:65536/db",
    "clickhouse://user:secret@host:x/db",
    "clickhouse://user:secret@host:8123:1/db",
    "clickhouse://user:secret@h ost/db",
    "clickhouse://user:secret@host,/db",
    "clickhouse://user:secret@host/db/more",
    "clickhouse://user:secret@host/db?cluster=%",
    "clickhouse://user:secret@host/db?tls=1",
    "clickhouse://user:secret@host/100%",
    "clickhouse://user:secret%@host/db",
    "clickhouse://user:sec/ret@host/db",
    "clickhouse://user:sec@ret@host/db",
    "clickhouse://user:secret%0d%0aX-Other:1@host/db",
  ];
  for (const url of refused) {
    assert.throws(() => parseAddress(url), (error) => {
      assert.ok(error instanceof EventStoreError, `${url}: ${error}`);
      assert.match(error.message, /clickhouse:\/\/user:password@host:8123/);
      assert.ok(!/secret|sec\/|@ret/.test(error.message), error.message);
      return true;
    });
  }
});

Deno.test("sqlText and sqlName leave no way out of the quotes", () => {
  assert.equal(sqlText("a'b\\c\n\0`"), "'a\\'b\\\\c\\n\\0\\`'");
  assert.equal(sqlName("a`b\\"), "`a\\`b\\\\`");
  assert.equal(sqlText("\ud800"), "'\ufffd'");
});

Deno.test("sqlDouble writes every bit", () => {
  assert.equal(sqlDouble(1), "reinterpretAsFloat64(unhex('000000000000f03f'))");
  assert.equal(sqlDouble(-0), sqlDouble(0));
});

Deno.test("spansOf parts timestamps where they lie farthest from each other", () => {
  assert.deepEqual(spansOf([5]), [[5, 5]]);
  assert.deepEqual(spansOf([3, 1, 1000, 2, 1001]), [[1, 1], [2, 2], [3, 3], [1000, 1000], [
    1001,
    1001,
  ]]);
  const many = spansOf(Array.from({ length: 1000 }, (_, i) => i % 10 * 1e6 + i));
  assert.equal(many.length, 8);
  assert.deepEqual([many[0]?.[0], many.at(-1)?.[1]], [0, 9e6 + 999]);
});

Deno.test("weekOf gives every timestamp one of some thousand partitions", () => {
  assert.deepEqual([0, 604_799.9, 604_800].map(weekOf), [0, 0, 1]);
  assert.deepEqual([-1e-9, -Number.MAX_VALUE].map(weekOf), [-1, -1]);
  assert.equal(weekOf(Number.MAX_VALUE), weekOf(2 ** 32 + 604_800));
});

Deno.test("windowsBetween covers all of the time with any bounds", () => {
  assert.deepEqual(windowsBetween([]), [[]]);
  assert.deepEqual(windowsBetween([NaN, 2, 2, Infinity, 1]), [
    [`time <= ${sqlDouble(1)}`],
    [`time > ${sqlDouble(1)}`, `time <= ${sqlDouble(2)}`],
    [`time > ${sqlDouble(2)}`],
  ]);
});

Deno.test("ServerError tells what the server said without the statement", () => {
  const cases: readonly (readonly [string, number | undefined, boolean, string])[] = [
    [
      "Code: 62, e.displayText() = DB::Exception: Syntax error: failed at position 1: selec 'secret'. " +
      "Expected one of: SELECT, e.what() = DB::Exception\n",
      62,
      false,
      "the server answered with code 62: Syntax error: failed at position 1",
    ],
    [
      "Code: 252. DB::Exception: Too many parts (300): While executing WaitForAsyncInsert. (TOO_MANY_PARTS)",
      252,
      true,
      "the server answered with code 252: Too many parts (300)",
    ],
    [
      "Code: 210. DB::NetException: Connection refused (h:9000). (NETWORK_ERROR) (version 26.7.1)\nStack",
      210,
      true,
      "the server answered with code 210: DB::NetException: Connection refused (h:9000). " +
      "(NETWORK_ERROR) (version 26.7.1)",
    ],
    ["<html>secret</html>", undefined, true, "the server answered with status 503"],
  ];
  for (const [text, code, retryable, message] of cases) {
    const error = ServerError.fromAnswer(503, text);
    assert.deepEqual([error.code, error.retryable, error.message], [code, retryable, message]);
  }
});
