import assert from "node:assert/strict";
import { LOOKS_PER_PASS } from "../../lib/tail/directory_listings.ts";
import {
  FileFinder,
  type FileFinderOptions,
  MAX_HINTED_DIRECTORIES,
} from "../../lib/tail/file_finder.ts";
import type { TailNotice } from "../../lib/tail/tail_notice.ts";
import { countFromEnv, forSeeds, type Random } from "../random.ts";
import { Workbench } from "./workbench.ts";

/** A finder in a directory of its own, whose clock is moved by hand. */
class Finding implements Disposable {
  readonly bench = new Workbench();
  readonly notices: TailNotice[] = [];
  readonly finder: FileFinder;
  now = Date.now();

  constructor(makeOptions: (at: (name: string) => string) => FileFinderOptions) {
    this.finder = new FileFinder({
      observer: (notice) => this.notices.push(notice),
      scheduler: { now: () => this.now },
      ...makeOptions((name) => this.bench.at(name)),
    });
  }

  make(...names: readonly string[]): void {
    for (const name of names) {
      Deno.mkdirSync(this.bench.at(name).replace(/\/[^/]*$/, ""), { recursive: true });
      this.bench.write(name, "");
    }
  }

  /** Makes a directory look as if nothing happened in it for long. */
  settle(...names: readonly string[]): void {
    const past = new Date(this.now - 3_600_000);
    for (const name of names) Deno.utimeSync(this.bench.at(name), past, past);
  }

  list(extent: "some" | "all" = "some"): string[] {
    const prefix = `${this.bench.directory}/`;
    return this.finder.list(extent).map(({ path }) => path.replace(prefix, ""));
  }

  [Symbol.dispose](): void {
    this.bench[Symbol.dispose]();
  }
}

Deno.test("FileFinder lists the regular files directly in a directory, sorted", () => {
  using finding = new Finding((at) => ({ directories: [at("logs")] }));
  finding.make("logs/b", "logs/a", "logs/.hidden", "logs/deep/c", "other");
  Deno.symlinkSync(finding.bench.at("other"), finding.bench.at("logs/link"));
  assert.deepEqual(finding.list(), ["logs/.hidden", "logs/a", "logs/b"]);
  assert.deepEqual(finding.finder.directories(), [finding.bench.at("logs")]);
});

Deno.test("FileFinder lists the files of all directories below, links left out", () => {
  using finding = new Finding((at) => ({ recursive: [at("logs")] }));
  finding.make("logs/a", "logs/deep/.x/c", "logs/deep/d", "other/e");
  Deno.symlinkSync(finding.bench.at("other"), finding.bench.at("logs/link"));
  Deno.symlinkSync(finding.bench.at("logs"), finding.bench.at("logs/deep/loop"));
  assert.deepEqual(finding.list(), ["logs/a", "logs/deep/.x/c", "logs/deep/d"]);
  assert.equal(finding.finder.directories().length, 3);
});

Deno.test("FileFinder lists what patterns match, files that links lead to as well", () => {
  using finding = new Finding((at) => ({ globs: [at("logs/**/*.log"), at("{x,y}/[ab]?")] }));
  finding.make("logs/a.log", "logs/b.txt", "logs/c/d/e.log", "logs/.git/f.log", "logs/.g.log");
  finding.make("x/a1", "x/c1", "y/b2", "z/a1", "target", "far/h.log");
  Deno.symlinkSync(finding.bench.at("target"), finding.bench.at("logs/link.log"));
  Deno.symlinkSync(finding.bench.at("far"), finding.bench.at("logs/far"));
  Deno.symlinkSync(finding.bench.at("far"), finding.bench.at("logs/far.log"));
  assert.deepEqual(finding.list(), [
    "logs/a.log",
    "logs/c/d/e.log",
    "logs/link.log",
    "x/a1",
    "y/b2",
  ]);
});

Deno.test("FileFinder takes a link up as soon as it leads to a file", () => {
  using finding = new Finding((at) => ({ globs: [at("logs/*")] }));
  finding.make("logs/a");
  Deno.symlinkSync(finding.bench.at("later"), finding.bench.at("logs/link"));
  finding.settle("logs");
  assert.deepEqual(finding.list(), ["logs/a"]);
  assert.deepEqual(finding.list(), ["logs/a"]);
  finding.make("later");
  assert.deepEqual(finding.list(), ["logs/a", "logs/link"]);
});

Deno.test("FileFinder leaves out what is excluded, directories with all that is in them", () => {
  using finding = new Finding((at) => ({
    recursive: [at("logs")],
    excludes: ["*.tmp", "cache", at("logs/a/*.old")],
  }));
  finding.make(
    "logs/x",
    "logs/x.tmp",
    "logs/a/y.old",
    "logs/y.old",
    "logs/cache/z",
    "logs/a/b/q.old",
  );
  assert.deepEqual(finding.list(), ["logs/a/b/q.old", "logs/x", "logs/y.old"]);
  assert.ok(!finding.finder.directories().includes(finding.bench.at("logs/cache")));
});

Deno.test("FileFinder tells the source that finds a file first, and what is compressed", () => {
  using finding = new Finding((at) => ({ directories: [at("logs")], globs: [at("*/*")] }));
  finding.make("logs/a", "logs/a.1.gz", "more/b.zst");
  assert.deepEqual(finding.finder.list(), [
    { path: finding.bench.at("logs/a"), sourceKey: finding.bench.at("logs"), isCompressed: false },
    {
      path: finding.bench.at("logs/a.1.gz"),
      sourceKey: finding.bench.at("logs"),
      isCompressed: true,
    },
    {
      path: finding.bench.at("more/b.zst"),
      sourceKey: finding.bench.at("*/*"),
      isCompressed: true,
    },
  ]);
});

Deno.test("FileFinder keeps paths relative where its sources are", () => {
  const finder = new FileFinder({ directories: ["./lib/"], globs: ["deno.j*", "./tests/*.ts"] });
  const paths = finder.list().map(({ path }) => path);
  assert.deepEqual(paths.filter((path) => path.startsWith("deno")), ["deno.json"]);
  assert.ok(paths.includes("tests/random.ts"));
  assert.deepEqual(new FileFinder({ globs: ["/dev/nul?"] }).list(), [], "no regular file");
});

Deno.test("FileFinder gives the same array until something is different", () => {
  using finding = new Finding((at) => ({ recursive: [at("logs")] }));
  finding.make("logs/a", "logs/deep/b");
  const first = finding.finder.list();
  assert.equal(finding.finder.list(), first);
  finding.make("logs/deep/c");
  const second = finding.finder.list();
  assert.notEqual(second, first);
  assert.equal(finding.finder.list(), second);
  finding.bench.remove("logs/a");
  assert.deepEqual(finding.list(), ["logs/deep/b", "logs/deep/c"]);
  finding.make("logs/new/tree/d");
  assert.deepEqual(finding.list(), ["logs/deep/b", "logs/deep/c", "logs/new/tree/d"]);
  finding.bench.rename("logs/new", "logs/renamed");
  assert.deepEqual(finding.list(), ["logs/deep/b", "logs/deep/c", "logs/renamed/tree/d"]);
});

Deno.test("FileFinder does not read a directory again whose time of change is the same", () => {
  using finding = new Finding((at) => ({ directories: [at("logs")] }));
  finding.make("logs/a");
  finding.settle("logs");
  assert.deepEqual(finding.list(), ["logs/a"]);
  finding.make("logs/b");
  finding.settle("logs");
  assert.deepEqual(finding.list(), ["logs/a"], "the change that left no trace is not seen");
  finding.now += 61_000;
  assert.deepEqual(finding.list(), ["logs/a", "logs/b"], "until the listing is old");
});

Deno.test("FileFinder reads again a directory that changed just before it was read", () => {
  using finding = new Finding((at) => ({ directories: [at("logs")] }));
  finding.make("logs/a");
  const justNow = new Date(finding.now - 1000);
  Deno.utimeSync(finding.bench.at("logs"), justNow, justNow);
  assert.deepEqual(finding.list(), ["logs/a"]);
  finding.make("logs/b");
  Deno.utimeSync(finding.bench.at("logs"), justNow, justNow);
  assert.deepEqual(finding.list(), ["logs/a", "logs/b"]);
});

Deno.test("FileFinder reports a directory that is missing, once for each time", () => {
  using finding = new Finding((at) => ({ directories: [at("logs")], globs: [at("logs/*/x")] }));
  for (let count = 0; count < 3; count++) assert.deepEqual(finding.list(), []);
  assert.deepEqual(finding.notices.map(({ kind }) => kind), ["unreadable"]);
  finding.make("logs/a");
  assert.deepEqual(finding.list(), ["logs/a"]);
  finding.bench.remove("logs");
  assert.deepEqual(finding.list(), []);
  assert.equal(finding.notices.length, 2);
  finding.bench.write("logs", "now a file");
  assert.deepEqual(finding.list(), []);
  assert.equal(finding.notices.length, 3);
});

Deno.test("FileFinder is silent about directories below that vanish", () => {
  using finding = new Finding((at) => ({ recursive: [at("logs")] }));
  finding.make("logs/deep/er/a", "logs/b");
  assert.equal(finding.list().length, 2);
  finding.bench.remove("logs/deep");
  assert.deepEqual(finding.list(), ["logs/b"]);
  finding.make("logs/deep/a");
  assert.deepEqual(finding.list(), ["logs/b", "logs/deep/a"]);
  finding.bench.remove("logs/deep");
  finding.make("logs/deep");
  assert.deepEqual(finding.list(), ["logs/b", "logs/deep"]);
  assert.deepEqual(finding.notices, []);
});

Deno.test({
  name: "FileFinder reports a directory that may not be read, once, and lists the others",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn() {
    using finding = new Finding((at) => ({ recursive: [at("logs")] }));
    finding.make("logs/closed/a", "logs/b");
    Deno.chmodSync(finding.bench.at("logs/closed"), 0);
    assert.deepEqual(finding.list(), ["logs/b"]);
    assert.deepEqual(finding.list(), ["logs/b"]);
    Deno.chmodSync(finding.bench.at("logs/closed"), 0o700);
    assert.equal(finding.notices.length, 1);
    assert.equal(finding.list().length, 2);
  },
});

Deno.test("FileFinder passes over names that no source can have, with one notice each", async () => {
  using finding = new Finding((at) => ({ directories: [at("logs")] }));
  finding.make("logs/a", "logs/two\nlines", "logs/real \ufffd");
  const script = `printf x > "$1/$(printf 'not\\377utf8')"`;
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", finding.bench.at("logs")],
  }).output();
  assert.ok(success);
  for (let count = 0; count < 3; count++) {
    assert.deepEqual(finding.list(), ["logs/a", "logs/real \ufffd"]);
    finding.make(`logs/b`);
    finding.bench.remove("logs/b");
  }
  const errors = finding.notices.map((notice) => "error" in notice ? notice.error.message : "");
  assert.equal(errors.length, 2);
  for (const message of errors) assert.match(message, /its name must be a single line in UTF-8/);
});

Deno.test("FileFinder looks at parts of a large tree in turn, at those hinted at first", () => {
  using finding = new Finding((at) => ({ recursive: [at("logs")] }));
  const count = 3 * LOOKS_PER_PASS;
  const names = Array.from({ length: count }, (_, index) => `logs/${index + 1000}`);
  finding.make(...names.map((name) => `${name}/a`));
  finding.settle(...names, "logs");
  assert.equal(finding.list().length, count);
  finding.now += 120_000;
  const passes = Math.ceil((count + 1) / LOOKS_PER_PASS);
  for (let pass = 0; pass < 2 * passes; pass++) finding.list();
  finding.now += 30_000;
  for (const name of names) finding.make(`${name}/b`);
  const seen = finding.list();
  assert.ok(seen.length > count && seen.length <= count + LOOKS_PER_PASS, `${seen.length}`);
  const unseen = names.filter((name) => !seen.includes(`${name}/b`));
  finding.finder.hint(unseen.map((name) => finding.bench.at(`${name}/b`)));
  assert.equal(finding.list().length, 2 * count);
  for (const name of names) finding.make(`${name}/c`);
  assert.equal(finding.list("all").length, 3 * count);
});

Deno.test("FileFinder wants hints for no more directories than the system can bear", () => {
  using finding = new Finding((at) => ({ recursive: [at("logs")] }));
  for (let index = 0; index < MAX_HINTED_DIRECTORIES + 10; index++) {
    Deno.mkdirSync(finding.bench.at(`logs/${index}`), { recursive: true });
  }
  finding.list();
  const directories = finding.finder.directories();
  assert.equal(directories.length, MAX_HINTED_DIRECTORIES);
  assert.equal(directories[0], finding.bench.at("logs"));
});

Deno.test("FileFinder lists very many files", () => {
  const count = countFromEnv("THEIA_FILES", 20_000);
  using finding = new Finding((at) => ({ directories: [at("logs")] }));
  finding.make("logs/a");
  for (let index = 0; index < count; index++) {
    Deno.linkSync(finding.bench.at("logs/a"), finding.bench.at(`logs/${index}`));
    if (index % 50_000 === 49_999) {
      finding.bench.remove("logs/a");
      finding.make("logs/a");
    }
  }
  assert.equal(finding.list().length, count + 1);
  finding.make("logs/b");
  finding.now += 600_000;
  assert.equal(finding.list().length, count + 2);
});

Deno.test("FileFinder finds what a fresh one finds, whatever happens in the tree", async () => {
  await forSeeds(10, (random) => {
    using finding = new Finding((at) => ({
      directories: [at("d")],
      recursive: [at("r")],
      globs: [at("**/*.log"), at("r/?/x*")],
      excludes: ["no*", at("r/b/**/c")],
    }));
    for (let step = 0; step < 40; step++) {
      change(random, finding);
      if (random.chance(0.3)) continue;
      const fresh = new FileFinder({
        directories: [finding.bench.at("d")],
        recursive: [finding.bench.at("r")],
        globs: [finding.bench.at("**/*.log"), finding.bench.at("r/?/x*")],
        excludes: ["no*", finding.bench.at("r/b/**/c")],
      });
      assert.deepEqual(finding.finder.list("all"), fresh.list());
    }
  });
});

function change(random: Random, finding: Finding): void {
  const depth = random.int(1, 4);
  const names = Array.from({ length: depth }, () => random.pick("abcdr"));
  const directory = [random.pick(["d", "r", "o"]), ...names].join("/");
  const file = `${directory}/${random.pick(["x", "x1", "a.log", "no.log", "c", ".h.log"])}`;
  const other = `${random.pick(["d", "r", "o"])}/${random.pick("abcdr")}`;
  const { bench } = finding;
  try {
    if (random.chance(0.5)) finding.make(file);
    else if (random.chance(0.3)) bench.remove(random.pick([file, directory]));
    else if (random.chance(0.4)) bench.rename(random.pick([file, directory]), other);
    else Deno.symlinkSync(bench.at(other), bench.at(file));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
