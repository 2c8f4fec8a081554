import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { run } from "../../../lib/cli/run.ts";
import { until } from "../../e2e/until.ts";
import { FakeEnvironment } from "../fake_environment.ts";
import { RunningCollector, RunningCommand } from "../running_command.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { numbered } from "./numbered_events.ts";

/** `theia tau` on a terminal. */
class RunningTau extends RunningCommand {
  readonly terminal: FakeTerminal;

  constructor(terminal: FakeTerminal, ...args: readonly string[]) {
    super(["tau", ...args], {}, (environment) => environment.device = terminal);
    this.terminal = terminal;
  }

  async shows(wanted: string): Promise<void> {
    const isShown = () => this.terminal.screen.text.includes(wanted);
    await until(`${wanted} on the screen`, isShown).catch((cause) => {
      throw new Error(`It does not show ${wanted}:\n${this.terminal.screen.text}`, { cause });
    });
  }
}

Deno.test("theia tau shows the events of a collector, by the options at first", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  await using client = await Client.connect({ port: Number(collector.port) });
  await client.send(numbered(50, (number) => ({ tags: [`t${number % 2}`] })));
  const options = ["-P", collector.port, "-t", "t0", "-c", "[02]$"];
  await using tau = new RunningTau(new FakeTerminal(), ...options);
  await tau.shows("event 42");
  await tau.shows("10 events");
  assert.ok(!tau.terminal.screen.text.includes("event 41"));
  await client.send(numbered(3, () => ({ tags: ["t0"] }), 50));
  await tau.shows("event 52");
  assert.ok(!tau.terminal.screen.text.includes("event 51"));
  tau.terminal.type("q");
  assert.equal(await tau.ended, 0);
  assert.ok(tau.terminal.screen.isSane);
  assert.equal(tau.stderr.text, "");
});

Deno.test("theia tau follows a collector that keeps nothing", async () => {
  await using collector = await RunningCollector.start("--live");
  await using client = await Client.connect({ port: Number(collector.port) });
  await using tau = new RunningTau(new FakeTerminal(), "-P", collector.port);
  await tau.shows("● live");
  await client.send(numbered(30));
  await tau.shows("event 29");
  await tau.shows("event 13");
  tau.terminal.type("g");
  await tau.shows("event 0");
});

Deno.test("theia tau says why a collector refuses a filter", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  await using client = await Client.connect({ port: Number(collector.port) });
  const content = `${"a".repeat(3000)}!`;
  await client.send(numbered(50, () => ({ content })));
  const hostile = String.raw`(?=(a+)+$)b|(a+)+\b\B$`;
  await using tau = new RunningTau(new FakeTerminal(), "-P", collector.port, "-c", hostile);
  await tau.shows("● refused");
  await tau.shows("on a batch of events; make it simpler");
  tau.terminal.type("\x1b");
  await tau.shows("aaaa");
});

Deno.test("theia tau needs a terminal that can move its cursor", async () => {
  const environment = new FakeEnvironment();
  assert.equal(await run(["tau"], environment), 2);
  assert.match(environment.stderr.text, /^error: Cannot start tau as .* must be a terminal/);
  const dumb = new FakeEnvironment();
  dumb.device = new FakeTerminal();
  dumb.variables = { TERM: "dumb" };
  assert.equal(await run(["tau"], dumb), 2);
  assert.match(dumb.stderr.text, /^error: Cannot start tau as TERM must .*'dumb'/);
  assert.ok(dumb.device.size().columns === 80);
});

Deno.test("theia tau refuses a filter that cannot be used before it takes the screen", async () => {
  const environment = new FakeEnvironment();
  const terminal = new FakeTerminal();
  environment.device = terminal;
  assert.equal(await run(["tau", "-c", "("], environment), 2);
  assert.match(environment.stderr.text, /^error: Cannot use option '-c\/--content'/);
  assert.equal(terminal.written, 0);
});
