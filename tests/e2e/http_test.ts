import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { needing } from "../installed.ts";
import { CollectorProgram } from "./collector_program.ts";
import { residentBytes } from "./process_figures.ts";
import { eventsIn, frame, RawClient } from "./raw_client.ts";
import { runProgram, SOURCE } from "./program.ts";
import { shell, type ShellResult } from "./shell.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

const CURL = { bash: "bash", curl: "curl" };
const CURL_AND_JQ = { ...CURL, jq: "jq" };

class Site implements AsyncDisposable {
  private constructor(
    readonly directory: TempDirectory,
    readonly collector: CollectorProgram,
  ) {}

  static async open(args: readonly string[] = ["-U", "sqlite:///events.db"]): Promise<Site> {
    const directory = await TempDirectory.make();
    try {
      const options = { cwd: directory.path };
      return new Site(directory, await CollectorProgram.start(args, options));
    } catch (error) {
      await directory[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a line in which `$URL` is the collector's. */
  run(line: string): Promise<ShellResult> {
    const env = { URL: `http://localhost:${this.collector.port}` };
    return shell(line, { cwd: this.directory.path, env });
  }

  /** The output of a line that must succeed and complain of nothing. */
  async output(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(line);
    assert.equal(code, 0, `${line}: ${stderr}`);
    assert.equal(stderr, "");
    return stdout;
  }

  /** The value of a sample of the metrics. */
  async metric(sample: string): Promise<number> {
    const text = await (await fetch(`http://localhost:${this.collector.port}/metrics`)).text();
    const line = text.split("\n").find((line) => line.startsWith(`${sample} `));
    return Number(line?.slice(sample.length + 1) ?? 0);
  }

  /** Puts a file with so many events into the directory. */
  async writeEvents(name: string, count: number, contentBytes: number): Promise<void> {
    using file = await Deno.open(this.directory.file(name), { create: true, write: true });
    const writer = file.writable.getWriter();
    for (let i = 0; i < count; i++) {
      await writer.write(frame({
        id: `${name}-${i}`,
        timestamp: 1_700_000_000 + i,
        source: `/${i % 3}`,
        tags: i % 2 === 0 ? ["even"] : [],
        content: `number ${i} ${"x".repeat(contentBytes)}`,
      }));
    }
    await writer.close().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.collector[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}

function testSite(
  programs: Readonly<Record<string, string>>,
  name: string,
  run: (site: Site) => Promise<void>,
  args?: readonly string[],
): void {
  Deno.test({
    ...needing(programs, name),
    async fn() {
      await using site = await Site.open(args);
      await run(site);
    },
  });
}

testSite(
  { ...CURL_AND_JQ, gzip: "gzip", zstd: "zstd" },
  "curl stores a file, a pipe, and compressed ones; once each",
  async (site) => {
    await site.writeEvents("e", 2000, 50);
    const type = "-H content-type:";
    const rows = [
      [`curl -sS ${type} --data-binary @e $URL/events`, 2000],
      [`cat e | curl -sS -X POST -T - $URL/events`, 0],
      [`gzip e -c | curl -sS ${type} -H 'content-encoding: gzip' --data-binary @- $URL/events`, 0],
      [`zstd -qc e | curl -sS -X POST -H 'content-encoding: zstd' -T - $URL/events`, 0],
    ] as const;
    for (const [line, events] of rows) {
      const [stored, duplicates] = (await site.output(`${line} | jq .events,.duplicates`))
        .trim().split("\n").map(Number);
      assert.deepEqual([stored, duplicates], [events, 2000 - events], line);
    }
    const back = await site.output("curl -sS '$URL/events?format=theia' | cmp - e && echo same"
      .replaceAll("'", '"'));
    assert.equal(back, "same\n");
  },
);

testSite(CURL_AND_JQ, "curl and jq walk over events, counts and the document", async (site) => {
  await site.writeEvents("e", 300, 10);
  await site.output("curl -sS -H content-type: --data-binary @e $URL/events");
  const rows = [
    [`curl -sS "$URL/events?source=/1&limit=2&order=desc" | jq -r .id`, "e-298\ne-295\n"],
    [
      `curl -sS "$URL/events?tags=even&start=1700000296" | jq -c '[.id,.tags,.source]'`,
      '["e-296",["even"],"/2"]\n["e-298",["even"],"/1"]\n',
    ],
    [`curl -sS -G $URL/events --data-urlencode 'content=number 2[0-2]\\b' | jq -s length`, "3\n"],
    [
      `curl -sS "$URL/stats?by=source&interval=100" | jq -c '.matched,(.groups|map(.count))'`,
      "300\n[100,100,100]\n",
    ],
    [`curl -sS "$URL/stats?by=tag" | jq '[.buckets,.interval,.by] == [[],null,"tag"]'`, "true\n"],
    [`curl -sS "$URL/stats?interval=60" | jq '[.buckets[][1]]|add'`, "300\n"],
    [`curl -sS "$URL/stats" | jq '.store.events'`, "300\n"],
    [
      `curl -sS $URL/openapi.json | jq -r '.openapi, (.paths|keys|join(" "))'`,
      "3.1.0\n/events /events/{id} /healthz /metrics /openapi.json /readyz /stats\n",
    ],
    [`curl -sS -o /dev/null -w '%{http_code}' -X DELETE $URL/events/e-7`, "204"],
    [`curl -sS $URL/events/e-7 | jq -r .status,.title`, "404\nNot found\n"],
    [`curl -sS "$URL/events?limit=-1" | jq -r .parameter`, "limit\n"],
    [`curl -sS -o /dev/null -w '%{http_code} %{header_json}' $URL/event | head -c 3`, "426"],
    [`curl -sS $URL/healthz`, "ok\n"],
    [`curl -sSI $URL/events | grep -ci '^theia-cursor: 300'`, "1\n"],
  ] as const;
  for (const [line, expected] of rows) assert.equal(await site.output(line), expected, line);
  // A store that is busy for two seconds is not ready.
  const ready = "curl -sS $URL/readyz | jq .ready";
  await until("readiness", async () => await site.output(ready) === "true\n");
});

testSite(CURL, "curl | head ends the search, and so does an interrupted curl", async (site) => {
  await site.writeEvents("e", 100_000, 900);
  await site.output("curl -sS -X POST -T e $URL/events");
  const sent = () => site.metric('theia_events_sent_total{door="/events"}');
  const running = async () => await site.metric("theia_http_searches") === 0;
  const first = await site.run("curl -sS $URL/events | head -1");
  assert.match(first.stdout, /"id":"e-0"/);
  await until("the end of the search", running);
  const afterHead = await sent();
  assert.ok(afterHead < 50_000, `${afterHead} events were sent to head -1`);
  const line = "timeout -s INT 1 curl -sS --limit-rate 1000 -o part $URL/events";
  assert.equal((await site.run(line)).code, 124);
  await until("the end of the search", running);
  const afterInterrupt = await sent() - afterHead;
  assert.ok(afterInterrupt < 50_000, `${afterInterrupt} events were sent to an interrupted curl`);
});

testSite(CURL_AND_JQ, "Patterns that run away at once are answered with 400 each", async (site) => {
  const bait = `${"a".repeat(60)}!`;
  await site.output(
    `echo '{"content":"${bait}"}' | curl -sS -H content-type:application/json -d @- $URL/events`,
  );
  const ask = (path: string) =>
    `curl -sS -G $URL/${path} --data-urlencode 'content=(?!x)(a+)+b' | jq -r .status,.parameter`;
  const lines = ["events", "stats", "events"].map(ask);
  const answers = await Promise.all(lines.map((line) => site.output(line)));
  assert.deepEqual(answers, lines.map(() => "400\ncontent\n"));
});

testSite(
  { ...CURL, gzip: "gzip" },
  "curl gets answers by gzip, whole and as they are found",
  async (site) => {
    await site.writeEvents("e", 20_000, 100);
    await site.output("curl -sS -X POST -T e $URL/events");
    await site.output("curl -sS $URL/events?format=theia -o plain");
    const get = "curl -sS -H 'Accept-Encoding: gzip'";
    assert.equal(await site.output(`${get} $URL/events?format=theia | gzip -d | cmp - plain`), "");
    assert.equal(
      await site.output("curl -sS --compressed $URL/events?format=theia | cmp - plain"),
      "",
    );
    const size = Number(await site.output(`${get} -o /dev/null -w '%{size_download}' $URL/events`));
    assert.ok(size > 0 && size < 20_000 * 100 / 3, `${size} bytes`);
    assert.match(await site.output("curl -sS --compressed $URL/stats"), /"matched":20000,/);
  },
);

testSite(
  CURL,
  "curl is told of an answer that is torn when the collector is killed",
  async (site) => {
    await site.writeEvents("e", 50_000, 900);
    await site.output("curl -sS -X POST -T e $URL/events");
    const torn = site.run("curl -sS --limit-rate 100k $URL/events -o part");
    await until("the search", async () => await site.metric("theia_http_searches") === 1);
    await site.collector.stop();
    assert.notEqual((await torn).code, 0);
  },
);

testSite(
  { ...CURL_AND_JQ, gzip: "gzip" },
  "Bodies of 150 MB go through little memory, compressed ones, too",
  async (site) => {
    await site.writeEvents("e", 1000, 1000);
    const { pid } = site.collector.running;
    const before = residentBytes(pid);
    let peak = 0;
    const timer = setInterval(() => void (peak = Math.max(peak, residentBytes(pid))), 50);
    try {
      const body = "(for i in $(seq 150); do cat e; done)";
      const post = "curl -sS -X POST -T - $URL/events";
      const gzip = "-H 'content-encoding: gzip'";
      for (const line of [`${body} | ${post}`, `${body} | gzip -1 | ${post} ${gzip}`]) {
        assert.equal(await site.output(`${line} | jq .events`), "150000\n");
      }
    } finally {
      clearInterval(timer);
    }
    const grown = peak - before;
    assert.ok(grown < 120 << 20, `it grew by ${grown >> 20} MiB`);
  },
  ["--live"],
);

testSite(
  CURL,
  "WebSocket and HTTP share the port: what one stores the other follows",
  async (site) => {
    const { url } = site.collector;
    await using live = await RawClient.connect(`${url}/live`);
    live.send("{}");
    await live.waitFor(1);
    await site.output(
      `echo '{"id":"by-http","timestamp":5,"content":"hi"}' |
      curl -sS -H 'content-type: application/json' --data-binary @- $URL/events`,
    );
    const received = await live.waitFor(2);
    assert.equal(eventsIn(received[1] ?? { kind: "binary", data: "" })[0]?.id, "by-http");
    await using producer = await RawClient.connect(`${url}/event`);
    producer.send(frame({ id: "by-socket", timestamp: 6, source: "", tags: [], content: "ho" }));
    await live.waitFor(3);
    await until(
      "the event",
      async () => (await site.output("curl -sS $URL/events/by-socket")).includes('"content":"ho"'),
    );
    await using wrong = await RawClient.connect(`${url}/find`);
    wrong.send(JSON.stringify({ source: "^$" }));
    assert.equal(await wrong.closeCode(), 1000);
  },
);

testSite(CURL, "A page that a browser shows from elsewhere gets nothing", async (site) => {
  const status = (arguments_: string) =>
    site.output(`curl -sS -o /dev/null -w '%{http_code}' ${arguments_}`);
  assert.equal(await status("-H 'Origin: https://evil.example' $URL/events"), "403");
  assert.equal(await status("-H 'Host: evil.example' $URL/events"), "403");
  assert.equal(await status("-d a=b -H 'Origin: null' $URL/events"), "403");
  assert.equal(await status("-d a=b $URL/events"), "415");
  assert.equal(await status('-H "Origin: $URL" $URL/events'), "200");
});

testSite(CURL, "A page of an origin that is allowed by option gets answers", async (site) => {
  const line = "curl -sSi -H 'Origin: https://ops.example' $URL/healthz";
  assert.match(await site.output(line), /access-control-allow-origin: https:\/\/ops\.example\r\n/);
}, ["--live", "--allow-origin", "https://ops.example"]);

testSite(CURL, "Text by HTTP is what theia query prints on a terminal", async (site) => {
  await site.output(
    `printf '%s\\n' '{"id":"a","timestamp":5.25,"source":"/s","tags":["x","y"],"content":"a\\u001b[31m"}' |
      curl -sS -H 'content-type: application/json' --data-binary @- $URL/events`,
  );
  const text = await site.output("curl -sS $URL/events?format=text");
  const printed = await runProgram(SOURCE, ["query", "-P", `${site.collector.port}`]);
  assert.equal(text, printed.stdout.replace("\x1b", "\\x1b"));
  assert.ok(text.includes("[/s        ] x,y            : a\\x1b[31m"), text);
});

testSite(CURL_AND_JQ, "A collector that keeps nothing says so by 409", async (site) => {
  const [status] = (await site.output("curl -sS $URL/events | jq .status")).split("\n");
  assert.equal(status, "409");
  const line =
    "echo '{}' | curl -sS -H 'content-type: application/json' --data-binary @- $URL/events";
  assert.equal(await site.output(`${line} | jq .events`), "1\n");
}, ["--live"]);

const DOCS = fileURLToPath(new URL("../../docs/http.md", import.meta.url));

testSite(
  { ...CURL, gzip: "gzip" },
  "Every command of docs/http.md runs and does what it says",
  async (site) => {
    const text = await Deno.readTextFile(DOCS);
    const outputs: string[] = [];
    for (const [, block = ""] of text.matchAll(/^```sh\n(.*?)^```/gms)) {
      outputs.push(
        await site.output(
          block.replaceAll("http://localhost:6433", "$URL").replace(
            /'\$URL([^']*)'/g,
            '"$URL$1"',
          ),
        ),
      );
    }
    const [stored, compressed, found, since, one, counts, problem, metrics] = outputs;
    assert.deepEqual(JSON.parse(stored ?? ""), {
      events: 2,
      duplicates: 0,
      rejected: [],
      rejected_total: 0,
    });
    assert.equal(JSON.parse(compressed ?? "").events, 1);
    assert.match(
      found ?? "",
      /"id":"7f3a".*\n(.*\n)*.*opened at 8\n(.*\n)*event: 61 50 11\nid:a-1\n/,
    );
    assert.equal(since, "");
    assert.equal(JSON.parse(one ?? "").source, "/plant/oven-1");
    const { groups, store } = JSON.parse(counts ?? "");
    assert.equal(groups.length, 2);
    assert.equal(store.events, 2);
    assert.equal(JSON.parse(problem ?? "").parameter, "limit");
    assert.match(metrics ?? "", /theia_events_stored_total 3\n/);
  },
);
