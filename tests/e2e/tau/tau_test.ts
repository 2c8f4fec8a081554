import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { createEvent, type Event, type EventInit } from "../../../lib/event/event.ts";
import { numbered as numberedEvents } from "../../cli/tau/numbered_events.ts";
import { needing } from "../../installed.ts";
import { CollectorProgram } from "../collector_program.ts";
import { freePort } from "../free_port.ts";
import { TempDirectory } from "../temp_directory.ts";
import { Tmux, type TmuxOptions } from "./tmux.ts";

/** A collector, somebody who pushes to it, and a terminal. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly collector: CollectorProgram,
    readonly client: Client,
    readonly tmux: Tmux,
    readonly directory: TempDirectory,
  ) {}

  static async make(events: readonly Event[], options: TmuxOptions = {}): Promise<Scene> {
    const directory = await TempDirectory.make();
    const collector = await CollectorProgram.start(["--store", "memory:"]);
    const client = await Client.connect({ port: collector.port });
    await client.send(events);
    return new Scene(collector, client, await Tmux.start(options), directory);
  }

  /** Starts tau, in a directory of its own. */
  async tau(...args: readonly (string | number)[]): Promise<void> {
    await this.tmux.command(`cd '${this.directory.path}'; clear`);
    await this.tmux.theia("tau", "-P", this.collector.port, ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux[Symbol.asyncDispose]();
    await this.client[Symbol.asyncDispose]();
    await this.collector[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}

/** The dot tells where the number ends. */
function numbered(
  count: number,
  init: (number: number) => EventInit = () => ({}),
  first = 0,
): Event[] {
  return numberedEvents(
    count,
    (number) => ({ content: `event ${number}.`, ...init(number) }),
    first,
  );
}

function test(name: string, run: () => Promise<void>): void {
  Deno.test({ ...needing({ tmux: "tmux" }, `tau in a terminal: ${name}`), fn: run });
}

test("finds, follows, leaves following by the wheel and comes back, in 80×24", async () => {
  await using scene = await Scene.make(numbered(300));
  const { tmux, client } = scene;
  await scene.tau();
  await tmux.shows(/event 299\.\n.*filter/);
  await tmux.shows(/● live .* 300 events/);
  await client.send(numbered(2, undefined, 300));
  await tmux.shows(/event 301\.\n.*filter/);
  // What a terminal sends for the wheel, in a place of the list.
  await tmux.text("\x1b[<64;10;10M");
  await tmux.shows("● browsing");
  await client.send(numbered(3, undefined, 302));
  await tmux.shows("3 new ↓");
  assert.ok(!(await tmux.screen()).includes("event 304."));
  await tmux.text("\x1b[<0;20;8M\x1b[<0;20;8m");
  await tmux.text("\x1b[<0;20;8M\x1b[<0;20;8m");
  await tmux.shows(/^id: +e\d+/m);
  await tmux.keys("Escape");
  await tmux.shows("● browsing");
  await tmux.keys("G");
  await tmux.shows(/event 304\.\n/);
  await tmux.shows("● live");
  await tmux.keys("q");
  await tmux.shows(/^\$ ?$/m);
});

test("scrolls through 200,000 events, page by page, to the first and to any time", async () => {
  await using scene = await Scene.make([]);
  const { tmux, client } = scene;
  for (let first = 0; first < 200_000; first += 20_000) {
    await client.send(numbered(20_000, undefined, first));
  }
  await scene.tau();
  await tmux.shows(/event 199999\.\n.*filter/);
  await tmux.shows("200,000 events");
  await tmux.keys("Home");
  await tmux.shows(/\n.*event 0\.\n.*event 1\.\n/);
  // The selection, which begins in the first row, moves by 16 rows; the row after it is the last.
  for (let page = 1; page <= 80; page++) {
    await tmux.keys("PageDown");
    if (page % 10 === 0) await tmux.shows(new RegExp(`event ${page * 16}\\.\\n/ filter`));
  }
  await tmux.keys("End");
  await tmux.shows(/event 199999\.\n/);
  for (let page = 1; page <= 80; page++) {
    await tmux.keys("PageUp");
    if (page % 10 === 0) await tmux.shows(`event ${199_999 - page * 16}.`);
  }
  await tmux.keys(":");
  await tmux.text("50%");
  await tmux.keys("Enter");
  await tmux.shows(/event (99|100)\d{3}\.\n/);
  await tmux.shows(/ (49|50)% /);
  await tmux.keys(":");
  await tmux.text("1700012345");
  await tmux.keys("Enter");
  await tmux.shows(/event 12345\.\n/);
});

test("filters with history, shows errors, and draws the histogram of what is found", async () => {
  await using scene = await Scene.make(
    numbered(
      2000,
      (number) => ({ source: number % 2 ? "/odd" : "/even", tags: [`t${number % 3}`] }),
    ),
  );
  const { tmux } = scene;
  await scene.tau("-s", "/odd", "-t", "t0");
  await tmux.shows("event 1995.");
  await tmux.shows("333 events");
  await tmux.shows("filter: source:/odd tag:t0");
  await tmux.shows(/[▁▂▃▄▅▆▇█]{30}/);
  await tmux.keys("/", "C-u");
  await tmux.text("event [0-9]+7[.] source:/odd");
  await tmux.keys("Enter");
  await tmux.shows(/event 1987\.\n.*event 1997\.\n/);
  await tmux.shows("199 events");
  // deno-lint-ignore no-control-regex -- styles are escape sequences
  await tmux.shows(/\x1b\[[0-9;]*43m(\x1b\[[0-9;]*m)*event 1997\./, true);
  await tmux.keys("/", "C-u");
  await tmux.text("(bad");
  await tmux.keys("Enter");
  await tmux.shows(/filter: \(bad +content: .*missing \), unterminated subpattern|content: /);
  await tmux.keys("Escape", "/", "C-u", "Up", "Up");
  await tmux.shows("filter: event [0-9]+7[.] source:/odd");
  await tmux.keys("Escape");
  // Narrow the time to what is around an event, and widen it again.
  await tmux.keys("Up", "Up", "]");
  await tmux.shows("[narrowed to");
  await tmux.shows(/ (39|40) events/);
  await tmux.keys("[");
  await tmux.shows("199 events");
});

test("expands, shows the context, marks and saves, and asks before it overwrites", async () => {
  await using scene = await Scene.make(
    numbered(300, (number) => ({
      source: number % 2 ? "/odd" : "/even",
      headers: [`offset: ${number}`],
    })),
  );
  const { tmux, directory } = scene;
  await scene.tau("-c", "[05][.]");
  await tmux.shows("event 295.");
  await tmux.keys("Enter");
  await tmux.shows(/header: +offset: 295/);
  await tmux.keys("x");
  await tmux.shows(/^0000000 65 76 65 6e 74/m);
  await tmux.keys("Escape");
  await tmux.keys("c");
  await tmux.shows("context: all of source /odd");
  await tmux.shows(/event 293\.\n.*event 295\.\n.*event 297\.\n/);
  await tmux.keys("Escape");
  await tmux.shows(/event 290\.\n.*event 295\.\n/);
  await tmux.keys("m", "k", "k", "m");
  await tmux.shows("◆ 2");
  await tmux.keys("s", "C-u");
  await tmux.text("out.jsonl");
  await tmux.keys("Enter");
  await tmux.shows("Saved 2 events in out.jsonl");
  const lines = async () =>
    (await Deno.readTextFile(directory.file("out.jsonl"))).trimEnd().split("\n")
      .map((line) => JSON.parse(line).id);
  assert.deepEqual(await lines(), ["e285", "e295"]);
  await tmux.keys("'");
  await tmux.keys("m", "s", "C-u");
  await tmux.text("out.jsonl");
  await tmux.keys("Enter");
  await tmux.shows("out.jsonl is there already. Overwrite it? y/n");
  await tmux.keys("n");
  await tmux.shows("Nothing was saved");
  assert.deepEqual(await lines(), ["e285", "e295"]);
  await tmux.keys("s");
  await tmux.keys("Enter");
  await tmux.shows("Overwrite it? y/n");
  await tmux.keys("y");
  await tmux.shows("Saved 1 event in out.jsonl");
  assert.equal((await lines()).length, 1);
});

test("pauses and goes on without a gap, while many events come", async () => {
  await using scene = await Scene.make(numbered(10));
  const { tmux, client } = scene;
  await scene.tau();
  await tmux.shows("event 9.");
  await tmux.keys("Space");
  await tmux.shows("● paused");
  for (let first = 10; first < 10_010; first += 500) {
    await client.send(numbered(500, undefined, first));
  }
  await tmux.shows("10,000 new ↓");
  assert.ok(!(await tmux.screen()).includes("event 10."));
  await tmux.keys("Space");
  await tmux.shows(/event 10009\.\n/);
  await tmux.shows("● live");
  await tmux.keys("PageUp", "PageUp");
  await tmux.shows(/event 9977\.\n.*event 9978\.\n/);
});

test("is resized, and works in 40×10 and without colour", async () => {
  await using scene = await Scene.make(numbered(100), { env: { NO_COLOR: "1" } });
  const { tmux } = scene;
  await scene.tau("-c", "event");
  await tmux.shows("event 99.");
  await tmux.resize(40, 10);
  const small = await tmux.shows(
    /^ [\d:]{8} event 93\.\n(.*\n)+ [\d:]{8} event 99\.\nfilter: event\n/m,
  );
  assert.equal(small.split("\n").length, 11);
  await tmux.keys("?");
  await tmux.shows("type a filter");
  await tmux.keys("?");
  await tmux.resize(150, 40);
  await tmux.shows(/23-11-1\d [\d:]{8} +\/var\/log\/app\.log +event 99\./);
  // deno-lint-ignore no-control-regex -- styles are escape sequences
  assert.doesNotMatch(await tmux.screen(true), /\x1b\[([0-9]+;)*(3[0-7]|4[0-7]|9[0-7])(;[0-9]+)*m/);
  await tmux.keys("q");
  await tmux.shows(/^\$ ?$/m);
});

test("shows a lost collector and heals, with every event once", async () => {
  await using directory = await TempDirectory.make();
  await using tmux = await Tmux.start();
  const port = freePort();
  const data = ["-d", directory.file("data")];
  await tmux.theia("tau", "-P", port);
  await tmux.shows(/● lost, retry in \d s/);
  let sent = 0;
  for (let turn = 0; turn < 3; turn++) {
    await using collector = await CollectorProgram.start(data, { port });
    await using client = await Client.connect({ port });
    await client.send(numbered(4, undefined, sent));
    await tmux.shows("● live");
    await tmux.shows(`event ${sent + 3}.`);
    await client.send(numbered(1, undefined, sent + 4));
    await tmux.shows(`event ${sent + 4}.`);
    sent += 5;
    await client[Symbol.asyncDispose]();
    await collector.stop();
    await tmux.shows(/● lost/);
  }
  const shown = [...(await tmux.screen()).matchAll(/event (\d+)\./g)].map((match) =>
    Number(match[1])
  );
  assert.deepEqual(shown, Array.from({ length: 15 }, (_, i) => i));
  await tmux.keys("C-c");
  await tmux.shows(/^\$ ?$/m);
});

test("shows hostile contents inert", async () => {
  const hostile = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\u202egnp\u2066\0\r\u009bH";
  await using scene = await Scene.make([
    createEvent({
      source: "\x1b[2Jsrc",
      tags: ["\x1b[H"],
      headers: ["x: \x1b[2J"],
      content: hostile,
    }),
    createEvent({ content: `${"x".repeat(1_000_000)}end`, timestamp: Date.now() / 1000 + 10 }),
  ]);
  const { tmux } = scene;
  await scene.tau();
  await tmux.shows("\\x1b]0;owned\\x07\\x1b[2J");
  await tmux.shows("\\x1b[2Jsrc".slice(-9));
  await tmux.keys("k", "Enter");
  await tmux.shows("\\u202egnp\\u2066\\x00\\r\\x9bH");
  await tmux.shows(/header: +x: \\x1b\[2J/);
  assert.notEqual(await tmux.format("#{pane_title}"), "owned");
  await tmux.keys("Escape", "j", "Enter", "End");
  await tmux.shows(/x{80}\nend\n/);
  await tmux.keys("q", "q");
  await tmux.shows(/^\$ ?$/m);
});

/** The terminal is that of the shell again: its modes, its screen, its cursor, no mouse. */
async function assertSane(tmux: Tmux, before: string): Promise<void> {
  await tmux.shows(/^\$ ?$/m);
  assert.equal(
    await tmux.format(
      "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{mouse_sgr_flag} #{wrap_flag}",
    ),
    "0 1 0 0 1",
  );
  assert.equal(await sttyOf(tmux), before);
}

async function sttyOf(tmux: Tmux): Promise<string> {
  await tmux.command("clear; stty -a; echo end of modes");
  const text = await tmux.shows(/^end of modes/m);
  assert.match(text, / icanon /);
  assert.match(text, / echo /);
  await tmux.command("clear");
  return text.slice(text.indexOf("speed"), text.indexOf("end of modes"));
}

test("leaves a sane terminal after q, Ctrl-C, SIGTERM, SIGHUP, SIGINT and a crash", async () => {
  await using scene = await Scene.make(numbered(30));
  const { tmux } = scene;
  const before = await sttyOf(tmux);
  const ends: readonly (readonly [string, () => Promise<void>])[] = [
    ["q", () => tmux.keys("q")],
    ["Ctrl-C", () => tmux.keys("C-c")],
    ["Ctrl-C in a prompt", () => tmux.keys("/", "x", "C-c", "C-c")],
    ...(["TERM", "HUP", "INT"] as const).map((signal) =>
      [signal, () => signalTau(tmux, signal)] as const
    ),
  ];
  for (const [, end] of ends) {
    await scene.tau();
    await tmux.shows("event 29.");
    assert.equal(await tmux.format("#{alternate_on} #{mouse_any_flag}"), "1 1");
    await end();
    await assertSane(tmux, before);
  }
  const crash = new URL("./crash_program.ts", import.meta.url).pathname;
  for (const how of ["throw", "reject", "exit"]) {
    await tmux.command(`'${Deno.execPath()}' run -A '${crash}' ${how}; echo "code $?"`);
    if (how !== "exit") await tmux.shows(/Error: crashed/);
    await tmux.shows(how === "exit" ? /^code 3$/m : /^code 1$/m);
    await assertSane(tmux, before);
  }
});

/** To what the shell of the terminal runs. */
async function signalTau(tmux: Tmux, signal: "TERM" | "HUP" | "INT"): Promise<void> {
  const shell = await tmux.format("#{pane_pid}");
  const children = await Deno.readTextFile(`/proc/${shell}/task/${shell}/children`);
  Deno.kill(Number(children.trim()), `SIG${signal}`);
}

/** Suspends what shows the last event, takes it up again and leaves it. */
async function suspendAndQuit(tmux: Tmux, before: string): Promise<void> {
  await tmux.shows("event 29.");
  await tmux.keys("C-z");
  await tmux.shows("Stopped");
  await assertSane(tmux, before);
  await tmux.command("fg");
  await tmux.shows("event 29.");
  await tmux.keys("q");
  await assertSane(tmux, before);
}

test("is suspended by Ctrl-Z and comes back by fg; the task, which may not, says so", async () => {
  await using scene = await Scene.make(numbered(30));
  const { tmux } = scene;
  const before = await sttyOf(tmux);
  await scene.tau();
  await suspendAndQuit(tmux, before);
  // Without the right to signal others it suspends itself, as nothing stands between it and the shell.
  await tmux.command("clear");
  await tmux.confinedTheia("tau", "-P", scene.collector.port);
  await suspendAndQuit(tmux, before);
  const task = new URL("../../..", import.meta.url).pathname;
  await tmux.command(`cd '${task}' && '${Deno.execPath()}' task -q tau -P ${scene.collector.port}`);
  await tmux.shows("event 29.");
  await tmux.keys("C-z");
  await tmux.shows("Cannot suspend tau: Deno needs --allow-run");
  await tmux.keys("q");
  await assertSane(tmux, before);
});

test("refuses what is no terminal, and one that cannot move its cursor", async () => {
  await using tmux = await Tmux.start();
  await tmux.command(
    `alias tau="${Deno.execPath()} run -A ${
      new URL("../../../mod.ts", import.meta.url).pathname
    } tau"`,
  );
  await tmux.command("clear; tau | cat");
  await tmux.shows(/standard input and output must be a\s+terminal/);
  await tmux.command("clear; tau < /dev/null");
  await tmux.shows(/standard input and output must be a\s+terminal/);
  await tmux.command("clear; TERM=dumb tau; echo code $?");
  await tmux.shows(/TERM must name a terminal/);
  await tmux.shows("code 2");
});
