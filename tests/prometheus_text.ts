import assert from "node:assert/strict";

/** A sample of the text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const VALUE = /^[-+]?(\d+(\.\d+)?([eE][-+]?\d+)?|Inf)$|^NaN$/;

/**
 * Reads Prometheus text by its rules and asserts them: a metric has one HELP, then one TYPE, then all its
 * samples, and no two samples have the same name and labels; the buckets of a histogram add up, the last
 * one is infinity's and its count; the last line has an end.
 */
export function parsePrometheus(text: string): readonly Sample[] {
  assert(text.endsWith("\n"), "the last line has no end");
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let helped = "";
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      assert(!types.has(name), `${name} is described twice`);
      assert.match(rest, /^(?:[^\\]|\\[\\n])*$/);
      helped = name;
    } else if (keyword === "TYPE") {
      assert.equal(name, helped, "TYPE does not follow its HELP");
      assert(["counter", "gauge", "histogram", "summary", "untyped"].includes(rest), line);
      assert.equal(rest === "counter", name.endsWith("_total"), `${name} is no name of a ${rest}`);
      types.set(name, rest);
      current = name;
    } else {
      const sample = parseSample(line);
      const endings = types.get(current) === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      const names = endings.map((ending) => `${current}${ending}`);
      assert(names.includes(sample.name), `${line} is among the samples of ${current}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      assert(!seen.has(key), `${line} is there twice`);
      seen.add(key);
      samples.push(sample);
    }
  }
  for (const [name, type] of types) if (type === "histogram") assertHistogram(name, samples);
  return samples;
}

function assertHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.name !== `${name}_bucket`) continue;
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...series.get(key) ?? [], sample]);
  }
  for (const [key, buckets] of series) {
    const ofSeries = samples.filter(({ labels }) => JSON.stringify(labels) === key);
    let before = 0;
    let bound = -Infinity;
    for (const { labels: { le = "" }, value } of buckets) {
      const next = le === "+Inf" ? Infinity : Number(le);
      assert(next > bound, `${name} ${key}: bound ${le} does not rise`);
      assert(value >= before, `${name} ${key}: bucket ${le} has fewer than the one before`);
      before = value;
      bound = next;
    }
    assert.equal(bound, Infinity, `${name} ${key} has no last bucket`);
    assert(ofSeries.some((sample) => sample.name === `${name}_sum`), `${name} ${key} has no sum`);
    const count = ofSeries.find((sample) => sample.name === `${name}_count`);
    assert.equal(count?.value, before, `${name} ${key}: count is another than its last bucket`);
  }
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  assert(match, `'${line}' is no sample`);
  const [, name = "", labelText = "", value = ""] = match;
  assert.match(value, VALUE);
  const labels: Record<string, string> = {};
  for (let at = 0; at < labelText.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, label = "", escaped = ""] = LABEL.exec(labelText) ?? assert.fail(`labels of ${line}`);
    assert(!(label in labels), `${label} is there twice`);
    labels[label] = escaped.replace(/\\(.)/g, (_, c) => c === "n" ? "\n" : c);
  }
  return { name, labels, value: Number(value) };
}
