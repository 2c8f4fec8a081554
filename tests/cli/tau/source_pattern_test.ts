import assert from "node:assert/strict";
import { sourcePattern } from "../../../lib/cli/tau/source_pattern.ts";
import { compileCriteria } from "../../../lib/event/matcher.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { numbered } from "./numbered_events.ts";
import { TauSession } from "./tau_session.ts";

Deno.test("sourcePattern finds a source of any length, and no other", () => {
  for (
    const source of ["/var/log/a.b", "(".repeat(30_000), "😀".repeat(20_000), "x.".repeat(9000)]
  ) {
    const pattern = sourcePattern(source);
    const matcher = compileCriteria({ source: pattern });
    assert.ok(matcher.matches(createEvent({ source, content: "" })));
    assert.ok(!matcher.matches(createEvent({ source: `-${source}`, content: "" })));
    assert.ok(!matcher.matches(createEvent({ source: source.slice(0, 6), content: "" })));
  }
  assert.ok(
    !compileCriteria({ source: sourcePattern("/a") }).matches(
      createEvent({ source: "/ab", content: "" }),
    ),
  );
});

Deno.test("tau shows the context of an event whose source is longer than a pattern may be", async () => {
  const long = "/long".repeat(5000);
  await using session = await TauSession.start({
    events: numbered(30, (number) => ({ source: number % 2 === 0 ? long : "/other" })),
    criteria: { content: "event 28$" },
  });
  await session.shows("event 28");
  session.type("c");
  await session.shows(/event 26\n.*event 28\n/);
});
