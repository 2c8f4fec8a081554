import assert from "node:assert/strict";
import { Tailing, Workbench } from "./workbench.ts";

interface Way {
  readonly name: string;
  /** Lines that were not looked at before outlive it. */
  readonly keepsUnseen: boolean;
  /** Puts a new content at the path `log`. */
  readonly rotate: (bench: Workbench, content: string) => void;
}

const LONG = "x".repeat(200);

const WAYS: readonly Way[] = [
  {
    name: "renamed",
    keepsUnseen: true,
    rotate(bench, content) {
      bench.rename("log", "log.1");
      bench.write("log", content);
    },
  },
  {
    name: "copied and truncated",
    keepsUnseen: false,
    rotate(bench, content) {
      bench.copyTruncate("log", "log.1");
      bench.append("log", content);
    },
  },
  {
    name: "rewritten beyond its old length",
    keepsUnseen: false,
    rotate(bench, content) {
      bench.rewrite("log", `${LONG}\n${content}`);
    },
  },
  {
    name: "deleted and made anew",
    keepsUnseen: true,
    rotate(bench, content) {
      bench.remove("log");
      bench.write("log", content);
    },
  },
  {
    name: "replaced by another",
    keepsUnseen: true,
    rotate(bench, content) {
      bench.write("log.new", content);
      bench.rename("log.new", "log");
    },
  },
];

for (const way of WAYS) {
  for (const lineEnd of ["\n", "\r\n"]) {
    for (const last of [lineEnd, ""]) {
      const ends = `${JSON.stringify(lineEnd)} and ${
        last === "" ? "none at the end" : "at the end"
      }`;
      Deno.test(`Tailer reads every line once when the file is ${way.name}, line ends ${ends}`, () => {
        using bench = new Workbench();
        bench.write("log", `old${lineEnd}`);
        using tail = new Tailing(bench.at("log"));
        bench.append("log", `one${lineEnd}two${last}`);
        const lines = tail.lines();
        if (way.keepsUnseen) bench.append("log", last === "" ? " more" : `unseen${lineEnd}`);
        way.rotate(bench, `three${lineEnd}four${last}`);
        lines.push(...tail.lines(), ...tail.lines(true));
        assert.deepEqual(lines.filter((line) => line !== LONG), [
          "one",
          ...(way.keepsUnseen ? last === "" ? ["two more"] : ["two", "unseen"] : ["two"]),
          "three",
          "four",
        ]);
        assert.deepEqual(tail.lines(true), []);
      });
    }
  }
}

Deno.test("Tailer reads the file to which a symbolic link is switched, and none twice", () => {
  using bench = new Workbench();
  bench.write("a", "old\n");
  bench.write("b", "b1\nb2");
  bench.link("a", "log");
  using tail = new Tailing(bench.at("log"));
  bench.append("a", "a1\na2");
  assert.deepEqual(tail.lines(), ["a1"]);
  bench.link("b", "log");
  assert.deepEqual(tail.lines(), ["a2", "b1"]);
  bench.append("a", "a3\n");
  bench.link("a", "log");
  assert.deepEqual(tail.lines(), ["b2", "a3"]);
  assert.deepEqual(tail.later(6000), []);
  bench.append("b", "\nb3\n");
  bench.link("b", "log");
  assert.deepEqual(tail.lines(), ["b3"]);
});

Deno.test("Tailer finds a file that was renamed twice between two looks", () => {
  for (const last of ["", "\n"]) {
    using bench = new Workbench();
    bench.write("log", "");
    using tail = new Tailing(bench.at("log"));
    bench.append("log", `a1\na2${last}`);
    bench.rename("log", "log.1");
    bench.write("log", `b1\nb2${last}`);
    bench.rename("log.1", "log.2");
    bench.rename("log", "log.1");
    bench.write("log", "c1\n");
    assert.deepEqual(tail.lines(), ["a1", "a2", "b1", "b2", "c1"]);
    assert.deepEqual(tail.later(6000), []);
  }
});

Deno.test("Tailer takes neither copies nor what is no compressed file for missed ones", async () => {
  using bench = new Workbench();
  bench.write("log", "a1\n");
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  assert.deepEqual(tail.lines(), ["a1"]);
  bench.write("log.copy.1", "a1\n");
  bench.write("log.1.gz", "junk\n");
  bench.copyTruncate("log", "log.5");
  bench.append("log", "a2\n");
  assert.deepEqual(await tail.settled(), ["a2"]);
  bench.rename("log", "log.1");
  bench.write("log", "b1\n");
  assert.deepEqual(tail.lines(), ["b1"]);
});

Deno.test("Tailer reads what a slow writer adds to a file after its rotation", () => {
  using bench = new Workbench();
  bench.write("log", "");
  using tail = new Tailing(bench.at("log"));
  bench.append("log", "a1\n");
  bench.rename("log", "log.1");
  bench.write("log", "b1\n");
  assert.deepEqual(tail.lines(), ["a1", "b1"]);
  bench.append("log.1", "a2\n");
  bench.append("log", "b2\n");
  assert.deepEqual(tail.later(2000), ["a2", "b2"]);
  assert.deepEqual(tail.later(3000), []);
  assert.equal(tail.kinds().filter((kind) => kind === "closed").length, 1);
});

Deno.test("Tailer lets a rotated file go in time even when rotations come fast", () => {
  using bench = new Workbench();
  bench.write("log", "0\n");
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  for (let i = 1; i <= 20; i++) {
    assert.deepEqual(tail.lines(), [`${i - 1}`]);
    bench.rename("log", `log.${i}`);
    bench.write("log", `${i}\n`);
    tail.scheduler.advance(1000);
  }
  assert.ok(tail.kinds().filter((kind) => kind === "closed").length >= 14);
});

Deno.test("Tailer keeps its position when the file is renamed and nothing takes its place", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  using tail = new Tailing(bench.at("log"));
  bench.rename("log", "elsewhere");
  bench.append("elsewhere", "late\n");
  assert.deepEqual(tail.lines(), ["late"]);
  assert.deepEqual(tail.later(60_000), []);
  bench.append("elsewhere", "later\n");
  assert.deepEqual(tail.lines(), ["later"]);
  bench.rename("elsewhere", "log");
  bench.append("log", "back\n");
  assert.deepEqual(tail.lines(), ["back"]);
});

Deno.test("Tailer reads a deleted file to its end and lets it go", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  using tail = new Tailing(bench.at("log"));
  bench.append("log", "last words");
  bench.remove("log");
  assert.deepEqual(tail.lines(), []);
  assert.deepEqual(tail.later(1000), ["last words"]);
  assert.deepEqual(tail.later(5000), []);
  assert.deepEqual(tail.kinds(), ["opened", "missing", "closed"]);
  assert.equal(tail.tailer.gone, true);
  bench.write("log", "new\n");
  assert.deepEqual(tail.lines(), ["new"]);
});

Deno.test("Tailer delivers an unfinished line when the file is truncated under it", () => {
  using bench = new Workbench();
  bench.write("log", "");
  using tail = new Tailing(bench.at("log"));
  bench.append("log", "half");
  assert.deepEqual(tail.lines(), []);
  bench.rewrite("log", "another line\n");
  const events = tail.events();
  assert.deepEqual(events.map((event) => event.content), ["half", "another line"]);
  assert.notEqual(events[0]?.id, events[1]?.id);
});

Deno.test("Tailer tells shrinking from rewriting", () => {
  using bench = new Workbench();
  bench.write("log", "0123456789\n");
  using tail = new Tailing(bench.at("log"));
  bench.rewrite("log", "short\n");
  assert.deepEqual(tail.lines(), ["short"]);
  bench.rewrite("log", "much longer\n");
  assert.deepEqual(tail.lines(), ["much longer"]);
  bench.rewrite("log", "same length\n");
  assert.deepEqual(tail.lines(), ["same length"]);
  const reasons = tail.notices.map((notice) => notice.kind === "truncated" ? notice.reason : "");
  assert.deepEqual(reasons.filter((reason) => reason !== ""), ["shrunk", "rewritten", "rewritten"]);
});

Deno.test("Tailer finds a file that came to its path and was renamed while nobody looked, with nothing there before and after", () => {
  using bench = new Workbench();
  bench.write("log", "a1\n");
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  assert.deepEqual(tail.lines(), ["a1"]);
  bench.remove("log");
  assert.deepEqual(tail.later(6000), []);
  bench.waitForTick();
  bench.write("log", "b1\n");
  bench.rename("log", "log.1");
  assert.deepEqual(tail.lines(), ["b1"]);
});
