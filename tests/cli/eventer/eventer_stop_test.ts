import assert from "node:assert/strict";
import { join } from "node:path";
import { Peer, within } from "../../hat/eventer/peer.ts";
import { RunningCommand } from "../running_command.ts";
import { RunningEventer } from "./running_eventer.ts";

/** Says that it is operational. */
const WELCOME = Uint8Array.fromHex("8082");

/** An event server that lets a client in, and never says anything again. */
class SilentServer implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #peer: Peer | undefined;

  get port(): string {
    return String(this.#listener.addr.port);
  }

  /** Lets a client in, and reads what it asks for. */
  async takeRequest(): Promise<string | undefined> {
    const peer = this.#peer = new Peer(await this.#listener.accept());
    const first = (await peer.receive())?.first ?? assert.fail("no client");
    await peer.send({ type: "HatEventer.MsgInitRes", first, owner: false, data: WELCOME });
    return (await peer.receive())?.type;
  }

  /** Waits until the client has gone. */
  async untilGone(): Promise<void> {
    await this.#peer?.receiveEnd();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#peer?.[Symbol.dispose]();
    try {
      this.#listener.close();
    } catch {
      // It is closed.
    }
  }
}

for (const args of [["query", "a"], ["register", "a"]]) {
  Deno.test(`theia eventer ${args[0]} is stopped by one signal while the server does not answer`, async () => {
    using server = new SilentServer();
    const command = new RunningCommand(["eventer", ...args, "-P", server.port]);
    assert.match(await server.takeRequest() ?? "", /Msg(Query|Register)Req/);
    command.environment.stop();
    await Promise.all([within(command.ended, "the end of the command"), server.untilGone()]);
    assert.equal(await command.ended, 1);
    assert.match(command.stderr.text, /Stopped before the end\.\n$/);
  });
}

Deno.test("theia eventer register is stopped by one signal while nothing comes on its input", async () => {
  await using server = await RunningEventer.inMemory();
  const command = new RunningCommand(["eventer", "register", "-P", server.port]);
  const silence = Promise.withResolvers<void>();
  command.environment.input = (async function* () {
    yield new TextEncoder().encode('{"type": ["a"]}\n{"type": ["b"]}');
    await silence.promise;
  })();
  await command.stdout.match(/ a\n/);
  assert.equal(await within(command.stop(), "the end of the command"), 1);
  assert.match(command.stderr.text, /Stopped before the end\.\n$/);
  silence.resolve();
  const { stdout } = await server.run("query", "?");
  assert.match(stdout, /^\S+ 1:3:1 a\n$/);
});

Deno.test("theia eventer serve is stopped by one signal, or by its limit, while a module is not made", async () => {
  const directory = await Deno.makeTempDir();
  const config = join(directory, "eventer.json");
  const hang = join(directory, "hang.js");
  await Deno.writeTextFile(
    hang,
    "export function createModule() { return new Promise(() => {}); }",
  );
  const start = async (limits: Readonly<Record<string, number>>) => {
    const settings = { port: 0, store: "memory", limits, modules: [{ path: hang, name: "hang" }] };
    await Deno.writeTextFile(config, JSON.stringify(settings));
    return new RunningCommand(["eventer", "serve", "--config", config, "--verbose"]);
  };
  const stopped = await start({});
  await stopped.stderr.match(/Listening on/);
  assert.equal(await within(stopped.stop(), "the end of the command"), 0);
  const late = await start({ moduleTimeoutMs: 20 });
  assert.equal(await within(late.ended, "the end of the command"), 1);
  assert.match(late.stderr.text, /error: Cannot start module 'hang' as it must be made within/);
  await Deno.remove(directory, { recursive: true });
});
