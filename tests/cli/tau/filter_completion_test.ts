import assert from "node:assert/strict";
import { completeFilter, labelsFor } from "../../../lib/cli/tau/filter_completion.ts";
import { parseFilter } from "../../../lib/cli/tau/filter_text.ts";
import { compileCriteria } from "../../../lib/event/matcher.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { forOneSeed } from "../../random.ts";
import { numbered } from "./numbered_events.ts";
import { KEY, TauSession } from "./tau_session.ts";

const SOURCES = ["/var/log/nginx.log", "/var/log/app one", "/srv/(x)", "nginx"];
const BACKTAB = "\x1b[Z";

Deno.test("completeFilter completes names, times, and labels by any part of them", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["so", ["source:"]],
    ["error TA", ["tag:"]],
    ["error", []],
    ["x since:1", ["since:15m", "since:1h", "since:1d"]],
    ["until:y", ["until:yesterday"]],
    ["source:nginx", ["source:nginx", "source:/var/log/nginx.log"]],
    ["source:/srv/\\(", ["source:/srv/\\(x\\)"]],
    ["source:app", ['source:"/var/log/app one"']],
    ['source:"log/app o', ['source:"/var/log/app one"']],
    ["x tags:srv", ["tag:/srv/\\(x\\)"]],
    ["source:none", []],
  ];
  for (const [before, candidates] of rows) {
    assert.deepEqual(completeFilter(before, SOURCES).candidates, candidates, before);
  }
  assert.equal(completeFilter("a b", []).word, "b");
  assert.equal(completeFilter('a source:"b c', []).word, 'source:"b c');
  assert.equal(completeFilter("", []).candidates[0], "source:");
});

Deno.test("labelsFor tells which labels a word needs", () => {
  const rows = { "": undefined, "x source:": "source", "tags:a": "tag", "since:": undefined };
  for (const [before, kind] of Object.entries(rows)) assert.equal(labelsFor(before), kind, before);
});

Deno.test("completeFilter gives filters that find the label", () =>
  forOneSeed((random) => {
    for (let i = 0; i < 200; i++) {
      const source = `s${random.text('ab\\"()[]{}|.*+?^$ é:', 1, 8)}`.trim();
      const [candidate = ""] = completeFilter("source:s", [source]).candidates;
      const matcher = compileCriteria(parseFilter(candidate, 0));
      assert.ok(matcher.matches(createEvent({ source })), `${source} by ${candidate}`);
    }
  }));

Deno.test("tau completes sources by Tab, goes from one to the next, and finds by them", async () => {
  await using session = await TauSession.start({
    events: numbered(6, (number) => ({ source: `/src/${number % 3}`, tags: ["web"] })),
  });
  await session.shows("event 5");
  session.type("/", "\t", "\t");
  await session.shows(/filter: tag:\n 2\/6 {2}tag: {2}since:/);
  session.type("\x15", "so", "\t", "src", "\t");
  await session.shows(/filter: source:\/src\/\d\n 1\/3 {2}source:/);
  session.type("\t", "\t", "\t", BACKTAB);
  await session.shows(" 3/3 ");
  session.type("\x15", "ta", "\t", "\t");
  await session.shows("filter: tag:web");
  session.type("source:1", "\t", KEY.enter);
  await session.shows("filter: source:/src/1 tag:web");
  await session.hides("event 5");
  await session.shows(/event 1\n.*event 4\n/);
  assert.equal(session.finder.askedLabels, 2);
});

Deno.test("tau goes on without completion where nobody tells the sources", async () => {
  const answer = Promise.withResolvers<readonly string[]>();
  await using session = await TauSession.start({
    events: numbered(3),
    prepare: (finder) => finder.labels = () => answer.promise,
  });
  await session.shows("event 2");
  session.type("/", "source:", "\t");
  await session.shows("asking for all sources");
  answer.reject(new Error("cannot count"));
  await session.hides("asking for all sources");
  session.type("/var", KEY.enter);
  await session.shows("filter: source:/var");
  await session.shows("event 2");
});
