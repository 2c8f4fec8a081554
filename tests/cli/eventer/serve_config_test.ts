import assert from "node:assert/strict";
import { join } from "node:path";
import { readServeConfig } from "../../../lib/cli/eventer/serve_config.ts";
import { UsageError } from "../../../lib/cli/usage_error.ts";

async function read(config: unknown): ReturnType<typeof readServeConfig> {
  const directory = await Deno.makeTempDir();
  try {
    const file = join(directory, "eventer.json");
    await Deno.writeTextFile(file, typeof config === "string" ? config : JSON.stringify(config));
    await Deno.writeTextFile(join(directory, "cert.pem"), "CERT");
    await Deno.writeTextFile(join(directory, "key.pem"), "KEY");
    return JSON.parse(JSON.stringify(await readServeConfig(file)).replaceAll(directory, "DIR"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readServeConfig fills in what is not said", async () => {
  assert.deepEqual(await read({}), {
    hostname: "127.0.0.1",
    port: 23012,
    serverId: 1,
    store: { url: "sqlite:///theia-data/eventer.db", limits: {} },
    limits: {},
    syncFrom: [],
    modules: [],
  });
});

Deno.test("readServeConfig takes all there is, with paths from the directory of the file", async () => {
  const config = await read({
    host: "::1",
    port: 0,
    serverId: 7,
    token: "T",
    tls: { cert: "cert.pem", key: "key.pem" },
    store: {
      url: "sqlite:///data/hat.db",
      flushPeriodMs: 50,
      maxEvents: 5,
      maxAgeSeconds: 1.5,
      maxBytes: 9,
    },
    limits: { maxRounds: 3, maxAddedEvents: 4, moduleTimeoutMs: 5, maxWaitingEvents: 6 },
    syncFrom: [{ port: 1 }, {
      host: "b",
      serverId: 2,
      token: "U",
      secure: true,
      caFile: "cert.pem",
    }],
    modules: [
      { path: "alarm.ts", options: { limit: 5 } },
      { path: "/abs/other.js", name: "other" },
      { name: "bridge" },
      {
        name: "bridge",
        options: {
          name: "out",
          collector: { host: "c", port: 2, secure: true, caFile: "cert.pem" },
          toHat: { prefix: ["a", "b"], criteria: { tags: ["web"] }, start: "stored" },
          toTheia: { prefix: ["plant"], tags: ["hat"] },
        },
      },
    ],
  });
  assert.deepEqual(config.tls, { cert: "CERT", key: "KEY" });
  assert.deepEqual(config.store, {
    url: "sqlite:///DIR/data/hat.db",
    flushPeriodMs: 50,
    limits: { maxEvents: 5, maxAgeSeconds: 1.5, maxBytes: 9 },
  });
  assert.deepEqual(config.limits, {
    maxRounds: 3,
    maxAddedEvents: 4,
    moduleTimeoutMs: 5,
    maxWaitingEvents: 6,
  });
  assert.deepEqual(config.syncFrom, [
    { hostname: "127.0.0.1", port: 1 },
    { hostname: "b", port: 23012, serverId: 2, token: "U", tls: { caCerts: ["CERT"] } },
  ]);
  const [alarm, other, bridge, out] = config.modules;
  assert(alarm?.kind === "file" && other?.kind === "file");
  assert.deepEqual([alarm.name, alarm.file, alarm.options], ["alarm.ts", "DIR/alarm.ts", {
    limit: 5,
  }]);
  assert.deepEqual([other.name, other.file], ["other", "/abs/other.js"]);
  assert(bridge?.kind === "bridge" && out?.kind === "bridge");
  assert.deepEqual(bridge.options.toHat, { prefix: ["theia"], criteria: {}, start: "new" });
  assert.deepEqual(out.options, {
    name: "out",
    collector: { host: "c", port: 2, secure: true, caCerts: ["CERT"] },
    toHat: { prefix: ["a", "b"], criteria: { tags: ["web"] }, start: "stored" },
    toTheia: { prefix: ["plant"], tags: ["hat"], start: "new" },
  });
});

const bridge = (options: unknown) => ({ modules: [{ name: "bridge", options }] });

const WRONG: readonly (readonly [config: unknown, message: RegExp])[] = [
  ["{", /Cannot read configuration '.*eventer\.json': .*JSON/],
  [[], /as the configuration must be an object: current value is \[\]/],
  [{ prot: 1 }, /as 'prot' is unknown; did you mean 'port'\?/],
  [{ elsewhere: 1 }, /as 'elsewhere' is unknown; known are host, port, /],
  [{ host: "" }, /as 'host' must be a text: current value is ""/],
  [{ port: 65536 }, /as 'port' must be an integer from 0 to 65535: current value is 65536/],
  [{ port: "1" }, /as 'port' must be an integer/],
  [{ serverId: 0 }, /as 'serverId' must be an integer of at least 1/],
  [{ token: 5 }, /as 'token' must be a text/],
  [{ tls: { cert: "cert.pem" } }, /as 'tls' must have 'key'/],
  [{ tls: { cert: "none.pem", key: "key.pem" } }, /as 'tls\.cert' must be a file that can be read/],
  [
    { store: "postgres:" },
    /as 'store' must be memory, dummy, sqlite:.*: current value is "postgres:"/,
  ],
  [{ store: {} }, /as 'store' must have 'url'/],
  [{ store: { url: "memory", maxEvents: 0.5 } }, /as 'store\.maxEvents' must be an integer/],
  [
    { store: { url: "memory", maxAgeSeconds: 0 } },
    /'store\.maxAgeSeconds' must be a number greater/,
  ],
  [
    { store: { url: "memory", maxAgeSeconds: 1e20 } },
    /'store\.maxAgeSeconds' must be .* at most 9007199254740991: current value is 1(0{20}|e20)/,
  ],
  [
    { store: { url: "memory", flushPeriodMs: 3e9 } },
    /as 'store\.flushPeriodMs' must be a number greater than 0 and at most 2147483647/,
  ],
  [
    { limits: { moduleTimeoutMs: 9999999999 } },
    /as 'limits\.moduleTimeoutMs' must be an integer from 1 to 2147483647/,
  ],
  [{ limits: { maxRounds: -1 } }, /as 'limits\.maxRounds' must be an integer of at least 1/],
  [{ limits: { rounds: 1 } }, /as 'limits\.rounds' is unknown/],
  [{ syncFrom: {} }, /as 'syncFrom' must be an array/],
  [{ syncFrom: [{}, { port: 0 }] }, /as 'syncFrom\[1\]\.port' must be an integer from 1/],
  [{ syncFrom: [{ secure: 1 }] }, /as 'syncFrom\[0\]\.secure' must be true or false/],
  [{ syncFrom: [{ caFile: "cert.pem" }] }, /as 'syncFrom\[0\]\.caFile' must stand beside 'secure'/],
  [{ modules: [{ path: "a.ts" }, { path: 5 }] }, /as 'modules\[1\]\.path' must be a text/],
  [{ modules: [{}] }, /as 'modules\[0\]' must have 'name'/],
  [
    { modules: [{ name: "bridg" }] },
    /as 'modules\[0\]\.name' must be "bridge": current value is "bridg"/,
  ],
  [
    bridge({ toHat: { prefix: "a" } }),
    /as 'modules\[0\]\.options\.toHat\.prefix' must be an array/,
  ],
  [
    bridge({ toHat: { prefix: ["a", 1] } }),
    /'modules\[0\]\.options\.toHat\.prefix\[1\]' must be a text/,
  ],
  [
    bridge({ toHat: { prefix: ["*"] } }),
    /'modules\[0\]\.options' cannot be used: .*'toHat\.prefix'/,
  ],
  [bridge({ toHat: { start: "old" } }), /options\.toHat\.start' must be "new" or "stored"/],
  [bridge({ toHat: { criteria: { tags: ["("] } } }), /options\.toHat\.criteria' cannot be used: /],
  [bridge({ toHat: { criteria: { since: 1 } } }), /options\.toHat\.criteria\.since' is unknown/],
  [bridge({ toTheia: {} }), /as 'modules\[0\]\.options\.toTheia' must have 'prefix'/],
  [bridge({ toTheia: { prefix: [], tags: ["a,b"] } }), /toTheia\.tags\[0\]' must be a tag/],
  [
    bridge({ toHat: { prefix: ["a"] }, toTheia: { prefix: ["a"] } }),
    /options' cannot be used: .*circles/,
  ],
  [bridge({ collector: { port: 0 } }), /options\.collector\.port' must be an integer from 1/],
  [
    bridge({ collector: { caFile: "x" } }),
    /options\.collector\.caFile' must stand beside 'secure'/,
  ],
];

for (const [config, message] of WRONG) {
  Deno.test(`readServeConfig names the place in ${JSON.stringify(config)}`, async () => {
    await assert.rejects(read(config), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("readServeConfig says that there is no file", async () => {
  await assert.rejects(readServeConfig("/nowhere/eventer.json"), {
    name: "UsageError",
    message: /Cannot read configuration '\/nowhere\/eventer\.json': /,
  });
});
