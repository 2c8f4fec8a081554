import assert from "node:assert/strict";
import { ProgressBar } from "../../lib/cli/progress_bar.ts";
import { FakeOutput } from "./fake_environment.ts";

Deno.test("ProgressBar draws one line over again and takes it away", () => {
  const stderr = new FakeOutput(true);
  let nowMs = 0;
  {
    using bar = new ProgressBar("copy", { stderr, now: () => nowMs });
    bar.update(0.5, "50 events");
    assert.equal(stderr.text, `\rcopy [${"#".repeat(12)}${" ".repeat(12)}]  50 %  50 events`);
    nowMs = 50;
    bar.update(0.6);
    nowMs = 100;
    stderr.text = "";
    bar.update(7);
    assert.match(stderr.text, /^\rcopy \[#{24}\] 100 % +$/);
    stderr.text = "";
    nowMs = 300;
    bar.update(undefined, "60 events");
    assert.match(stderr.text, /^\rcopy \.\.\. {2}60 events *$/);
    stderr.text = "";
  }
  assert.match(stderr.text, /^\r +\r$/);
});

Deno.test("ProgressBar shows nothing where there is no terminal, and does not mind a closed one", () => {
  const stderr = new FakeOutput(false);
  {
    using bar = new ProgressBar("copy", { stderr, now: () => 0 });
    bar.update(0.5);
  }
  assert.equal(stderr.text, "");
  const closed = new FakeOutput(true);
  closed.isClosed = true;
  using bar = new ProgressBar("copy", { stderr: closed, now: () => 0 });
  bar.update(0.5);
});
