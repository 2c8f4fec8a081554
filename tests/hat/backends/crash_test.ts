import assert from "node:assert/strict";
import { type HatEvent, SqliteBackend } from "../../../lib/hat/mod.ts";
import { countFromEnv, forOneSeed, type Random } from "../../random.ts";
import { crashSession } from "./crash_events.ts";
import { idText } from "./fixtures.ts";

const KILLS = countFromEnv("THEIA_KILLS", 8);

const CHILD = new URL("./crash_child.ts", import.meta.url).pathname;

Deno.test(`SqliteBackend keeps all that it called flushed, and no session in part, in ${KILLS} kills`, () =>
  forOneSeed(async (random) => {
    const directory = await Deno.makeTempDir({ prefix: "theia-hat-" });
    const path = `${directory}/hat.db`;
    let next = 1;
    for (let kill = 0; kill < KILLS; kill++) {
      const flushed = await runAndKill([path, `${next}`], random);
      const sessions = await storedSessions(path);
      assertWhole(sessions);
      const stored = new Set(sessions.flat().map(idText));
      for (const id of flushed) assert.ok(stored.has(id), `${id} was flushed and is not there`);
      assertInOrder(flushed, next);
      next = sessions.length + 1;
    }
    assert.ok(next > KILLS, "hardly anything was registered");
    await Deno.remove(directory, { recursive: true });
  }));

Deno.test(`SqliteBackend that drops events keeps the newest and the latest in ${KILLS} kills`, () =>
  forOneSeed(async (random) => {
    const maxEvents = 500;
    const directory = await Deno.makeTempDir({ prefix: "theia-hat-" });
    const path = `${directory}/hat.db`;
    let next = 1;
    for (let kill = 0; kill < KILLS; kill++) {
      const flushed = await runAndKill([path, `${next}`, `${maxEvents}`], random);
      await using backend = await SqliteBackend.open(path);
      const last = await backend.getLastEventId(1);
      next = last.session + 1;
      const all = Array.from({ length: last.session }, (_, i) => crashSession(i + 1)).flat();
      const byType = new Map(all.map((event) => [event.type[1], event]));
      const latest = await backend.query({ kind: "latest" });
      assert.deepEqual(sorted(latest.events), sorted([...byType.values()]));
      const { events } = await backend.query({ kind: "timeseries", maxResults: maxEvents - 200 });
      assert.deepEqual(events, all.slice(-events.length).reverse());
      const newest = flushed.at(-1);
      if (newest !== undefined) assert.ok(all.some((event) => idText(event) === newest));
    }
    await Deno.remove(directory, { recursive: true });
  }));

/** Runs a child until it has printed some events and a moment more; gives the ids that it printed. */
async function runAndKill(args: readonly string[], random: Random): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  const killAfter = random.below(400);
  const ids: string[] = [];
  let rest = "";
  let killing: ReturnType<typeof setTimeout> | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    ids.push(...lines);
    if (ids.length > killAfter) {
      killing ??= setTimeout(() => child.kill("SIGKILL"), random.below(15));
    }
  }
  const { signal, code } = await child.status;
  const said = await complaint;
  assert.equal(signal, "SIGKILL", `the child ended with ${code} before it was killed: ${said}`);
  return ids;
}

/** All events by session, through the pages of a server query. */
async function storedSessions(path: string): Promise<HatEvent[][]> {
  await using backend = await SqliteBackend.open(path);
  const sessions: HatEvent[][] = [];
  let lastEventId = { server: 1, session: 0, instance: 0 };
  for (;;) {
    const { events, moreFollows } = await backend.query({
      kind: "server",
      serverId: 1,
      lastEventId,
    });
    for (const event of events) (sessions[event.id.session - 1] ??= []).push(event);
    if (!moreFollows) break;
    lastEventId = events.at(-1)?.id ?? lastEventId;
  }
  const count = sessions.flat().length;
  assert.deepEqual(await backend.getLastEventId(1), sessions.at(-1)?.at(-1)?.id);
  const latest = await backend.query({ kind: "latest", eventTypes: [["crash", "?"]] });
  const byType = new Map(sessions.flat().map((event) => [event.type[1], event]));
  assert.deepEqual(sorted(latest.events), sorted([...byType.values()]), `${count} events`);
  return sessions;
}

function assertWhole(sessions: readonly HatEvent[][]): void {
  sessions.forEach((events, i) => assert.deepEqual(events, crashSession(i + 1)));
}

/** What was flushed is what was registered, from the first session on and without a gap. */
function assertInOrder(flushed: readonly string[], firstSession: number): void {
  const expected: string[] = [];
  for (let session = firstSession; expected.length < flushed.length; session++) {
    expected.push(...crashSession(session).map(idText));
  }
  assert.deepEqual(flushed, expected.slice(0, flushed.length));
}

function sorted(events: readonly HatEvent[]): HatEvent[] {
  return events.toSorted((a, b) => idText(a) < idText(b) ? -1 : 1);
}
