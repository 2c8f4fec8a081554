import assert from "node:assert/strict";
import { readEventBatches } from "../../../lib/cli/eventer/event_batches.ts";
import { formatEventJson, formatEventLine } from "../../../lib/cli/eventer/event_line.ts";
import { readRegisterLine } from "../../../lib/cli/eventer/register_line.ts";
import {
  formatType,
  parseQueryTypeArgument,
  parseTypeArgument,
} from "../../../lib/cli/eventer/type_argument.ts";
import type { HatEvent, RegisterEvent } from "../../../lib/hat/event.ts";
import { EventPayloadBinary, EventPayloadJson } from "../../../lib/hat/payload.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";

function event(init: Partial<HatEvent>): HatEvent {
  return {
    id: { server: 1, session: 2, instance: 3 },
    type: ["plant", "oven"],
    timestamp: new Timestamp(1_700_000_000n, 250_000),
    sourceTimestamp: undefined,
    payload: undefined,
    ...init,
  };
}

Deno.test("parseTypeArgument reads paths and JSON arrays, which formatType writes", () => {
  for (
    const [text, type] of [
      ["a", ["a"]],
      ["a/b//c", ["a", "b", "", "c"]],
      ["", [""]],
      ["a b/?", ["a b", "?"]],
      ['["theia","/var/log/app.log"]', ["theia", "/var/log/app.log"]],
      ['["[a"]', ["[a"]],
      ["[]", []],
    ] as const
  ) {
    assert.deepEqual(parseTypeArgument(text), type);
    assert.equal(formatType(type), text);
  }
});

Deno.test("parseTypeArgument and parseQueryTypeArgument refuse what is no type", () => {
  for (const text of ["[", "[1]", '["a", null]']) {
    assert.throws(() => parseTypeArgument(text), {
      name: "UsageError",
      message: /Cannot read type/,
    });
  }
  assert.deepEqual(parseTypeArgument("a/*/b"), ["a", "*", "b"]);
  assert.throws(() => parseQueryTypeArgument("a/*/b"), {
    name: "UsageError",
    message: /Cannot read type 'a\/\*\/b'.*'\*' must be its last segment/,
  });
});

Deno.test("formatEventLine tells all of an event on one line", () => {
  assert.equal(formatEventLine(event({})), "2023-11-14T22:13:20.250000Z 1:2:3 plant/oven");
  const payload = EventPayloadJson.fromText('{"v":\n1.0}');
  const sourceTimestamp = new Timestamp(-1n, 999_999);
  assert.equal(
    formatEventLine(event({ payload, sourceTimestamp })),
    '2023-11-14T22:13:20.250000Z 1:2:3 plant/oven {"v":\\n1.0} (source 1969-12-31T23:59:59.999999Z)',
  );
  const binary = new EventPayloadBinary("raw", new Uint8Array(40).fill(255));
  assert.match(formatEventLine(event({ payload: binary })), / <raw, 40 bytes: (ff){32}…>$/);
});

Deno.test("readRegisterLine reads what formatEventJson writes", () => {
  const payloads = [
    undefined,
    EventPayloadJson.of({ a: [1, 2n ** 70n, null, "é\n"] }),
    new EventPayloadBinary("raw", new Uint8Array([0, 255])),
    ...[
      "1.0",
      "NaN",
      '[1E5, -Infinity, "\\ud800", {"data": 1.0}]',
      ' {"b": 1.0,"1":[ ]  , "data": "\\\\\\"}", "kind": {}}'.trim(),
      '"č, \\"payload\\": {"',
      "9007199254740993",
      '{"a": 1, "a": 2}',
    ].map((text) => EventPayloadJson.fromText(text)),
  ];
  const sourceTimestamps = [undefined, new Timestamp(-5n, 7), new Timestamp(2n ** 60n, 1)];
  for (const payload of payloads) {
    for (const sourceTimestamp of sourceTimestamps) {
      const line = formatEventJson(event({ payload, sourceTimestamp }));
      assert(!line.includes("\n"));
      JSON.parse(line);
      const read = readRegisterLine(line);
      assert.deepEqual(read.type, ["plant", "oven"]);
      assert.deepEqual(read.sourceTimestamp, sourceTimestamp);
      assert.deepEqual(read.payload, payload);
      if (payload?.kind !== "json") continue;
      assert.equal(read.payload?.kind === "json" && read.payload.text, payload.text);
    }
  }
});

Deno.test("formatEventJson writes JSON payloads as they are, and what is JSON to Python alone as text", () => {
  const written = (text: string) => {
    const line = formatEventJson(event({ payload: EventPayloadJson.fromText(text) }));
    return line.slice(line.indexOf('"payload"'));
  };
  assert.equal(written('{"v":\r\n1.0}'), '"payload": {"kind": "json", "data": {"v":  1.0}}}');
  assert.equal(written("[NaN]"), '"payload": {"kind": "json", "text": "[NaN]"}}');
  const line = '{"payload": 5, "type": ["a"], "p\\u0061yload" : {"data":[1.0 ], "kind":"json"} }';
  const { payload } = readRegisterLine(line);
  assert.equal(payload?.kind === "json" && payload.text, "[1.0 ]");
});

Deno.test("readRegisterLine says what is wrong with a line", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["{", /./],
    ["5", /must be a JSON object/],
    ["{}", /'type' must be an array of strings/],
    ['{"type": ["a"], "tpye": 1}', /'tpye' is no member/],
    ['{"type": ["a", 1]}', /'type\[1\]' must be a string/],
    ['{"type": ["a"], "sourceTimestamp": "x"}', /'sourceTimestamp' must be a moment/],
    ['{"type": ["a"], "payload": 5}', /'payload' must have the kind/],
    ['{"type": ["a"], "payload": {"kind": "binary", "type": "x", "data": "?"}}', /base64/],
    ['{"type": ["a"], "payload": {"kind": "binary", "type": "x"}}', /base64/],
  ];
  for (const [line, message] of wrong) assert.throws(() => readRegisterLine(line), { message });
});

async function batchesOf(
  chunks: readonly (string | Uint8Array)[],
): Promise<readonly RegisterEvent[][]> {
  const encoder = new TextEncoder();
  const bytes = (async function* () {
    for (const chunk of chunks) {
      yield await Promise.resolve(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
    }
  })();
  const batches: RegisterEvent[][] = [];
  const { signal } = new AbortController();
  for await (const batch of readEventBatches(bytes, signal)) batches.push([...batch]);
  return batches;
}

function line(...type: string[]): string {
  return `${JSON.stringify({ type })}\n`;
}

Deno.test("readEventBatches gives lines that come together at once, however they are cut", async () => {
  const text = `${line("a")}\n  \n${line("é", "😀")}${line("c").trimEnd()}`;
  const types = [["a"], ["é", "😀"], ["c"]];
  assert.deepEqual((await batchesOf([text])).map((batch) => batch.map(({ type }) => type)), [
    types.slice(0, 2),
    types.slice(2),
  ]);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at <= bytes.length; at++) {
    const batches = await batchesOf([bytes.slice(0, at), bytes.slice(at)]);
    assert.deepEqual(batches.flat().map(({ type }) => type), types);
  }
  const many = await batchesOf([line("a").repeat(2_500)]);
  assert.deepEqual(many.map(({ length }) => length), [1_000, 1_000, 500]);
});

Deno.test("readEventBatches gives what comes before a bad line, and names it", async () => {
  const seen: number[] = [];
  const encoder = new TextEncoder();
  const read = async (...chunks: (string | Uint8Array)[]) => {
    seen.length = 0;
    const bytes = (async function* () {
      for (const chunk of chunks) {
        yield await Promise.resolve(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      }
    })();
    for await (const { length } of readEventBatches(bytes, new AbortController().signal)) {
      seen.push(length);
    }
  };
  await assert.rejects(read(line("a"), `${line("b")}nonsense\n${line("c")}`), {
    message: /^Cannot read event on line 3: /,
  });
  assert.deepEqual(seen, [1, 1]);
  await assert.rejects(read(line("a"), new Uint8Array([0xff, 0x0a])), {
    message: /^Cannot read event on line 2: from here on it is not UTF-8/,
  });
});

Deno.test("readEventBatches reads long lines in short pieces without reading them again for each", async () => {
  const payload = { kind: "json", data: "x".repeat(24 << 20) };
  const bytes = new TextEncoder().encode(
    `${JSON.stringify({ type: ["a"], payload })}\n${line("b")}`,
  );
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / 1_000) },
    (_, i) => bytes.subarray(i * 1_000, (i + 1) * 1_000),
  );
  const startMs = performance.now();
  const events = (await batchesOf(pieces)).flat();
  assert.deepEqual(events.map(({ type }) => type), [["a"], ["b"]]);
  // Read again for each piece it takes minutes, as it is a fraction of a second.
  assert(performance.now() - startMs < 30_000, "it takes too long");
  const [first] = events;
  assert(first?.payload?.kind === "json");
  assert.equal(first.payload.text.length, (24 << 20) + 2);
});
