import assert from "node:assert/strict";
import { Reporter } from "../../lib/cli/reporter.ts";
import { RejectedEvents } from "../../lib/cli/rejected_events.ts";
import { Client } from "../../lib/client/mod.ts";
import { createEvent, type Event, EventReader, RawEvent } from "../../lib/event/mod.ts";
import { DeadLetterFile } from "../../lib/tail/mod.ts";
import { FakeCollector, ModelStore, readEvents } from "../client/fake_collector.ts";
import { TempDirectory } from "../e2e/temp_directory.ts";
import { FakeEnvironment } from "./fake_environment.ts";
import { runToEnd } from "./running_command.ts";

/** A collector that refuses for good whatever says so, among what it takes. */
class PickyCollector extends FakeCollector {
  readonly store: ModelStore;

  constructor() {
    const store = new ModelStore();
    super({
      onMessage: (peer, message) => {
        const events = readEvents(message);
        const rejected = events.flatMap(({ content }, index) =>
          content === "bad" ? [{ index, reason: "it is bad" }] : []
        );
        const taken = events.filter(({ content }) => content !== "bad");
        peer.send({ ack: peer.messages, ...store.save(taken), rejected });
      },
    });
    this.store = store;
  }
}

/** Sends batches as the watcher does, and keeps what is refused; gives what the user is told. */
async function deliver(
  collector: FakeCollector,
  path: string,
  batches: readonly (readonly Event[])[],
): Promise<string[]> {
  const environment = new FakeEnvironment();
  const reporter = new Reporter(environment, false);
  await using file = await DeadLetterFile.open(path);
  const rejectedEvents = new RejectedEvents(file, path, reporter);
  await using client = await Client.connect({ ...collector.address, maxMessageBytes: 500 });
  await Promise.all(batches.map(async (events) => {
    const { rejected } = await client.send(events);
    await rejectedEvents.keep(events, rejected);
  }));
  await reporter.flush();
  return environment.stderr.text.split("\n").filter((line) => line !== "");
}

Deno.test("RejectedEvents tells of each refused event once, keeps it, and the rest is delivered in order", async () => {
  await using directory = await TempDirectory.make();
  await using collector = new PickyCollector();
  const path = directory.file("rejected");
  const events = Array.from(
    { length: 60 },
    (_, i) => createEvent({ id: `e${i}`, timestamp: i + 1, content: i % 7 === 3 ? "bad" : "good" }),
  );
  const batches = [events.slice(0, 5), events.slice(5, 6), events.slice(6, 50), events.slice(50)];
  const told = await deliver(collector, path, batches);
  const [bad, good] = ["bad", "good"].map((what) => events.filter((e) => e.content === what));
  assert.deepEqual(
    told,
    bad?.map(({ id }) =>
      `warning: The collector refused event '${id}': it is bad; it is kept in '${path}'`
    ),
  );
  assert.deepEqual(collector.store.keys, good?.map(({ id, timestamp }) => `${timestamp} ${id}`));
  // After a restart the same events are sent and refused again.
  assert.deepEqual(await deliver(collector, path, batches), []);
  const kept = [...new EventReader(Deno.readFileSync(path))];
  assert.deepEqual(
    kept.map((item) => item instanceof RawEvent ? [item.id, ...item.headers] : item),
    bad?.map(({ id }) => [id, "rejected: it is bad"]),
  );
  const store = `sqlite:///${directory.file("events.db")}`;
  const { code, stderr } = await runToEnd(["store", "import", "--store", store, path]);
  assert.equal(code, 0, stderr);
});

Deno.test("RejectedEvents goes on when nothing can be kept, and says so", async () => {
  await using directory = await TempDirectory.make();
  await using collector = new PickyCollector();
  const events = ["bad", "good"].map((content, i) =>
    createEvent({ id: `e${i}`, timestamp: 1, content })
  );
  const told = await deliver(collector, directory.file("none", "rejected"), [events]);
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? "",
    /refused event 'e0': it is bad; Cannot keep rejected event 'e0': .*; trying again later/,
  );
  assert.deepEqual(collector.store.keys, ["1 e1"]);
});
