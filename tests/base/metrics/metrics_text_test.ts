import assert from "node:assert/strict";
import { Counter } from "../../../lib/base/metrics/counter.ts";
import { Histogram } from "../../../lib/base/metrics/histogram.ts";
import { writeMetrics } from "../../../lib/base/metrics/metrics_text.ts";
import { parsePrometheus } from "../../prometheus_text.ts";

Deno.test("writeMetrics escapes labels and help, and writes any number", () => {
  const values = [0, -1.5, 1e21, 1e-9, Infinity, -Infinity];
  const text = writeMetrics([{
    name: "a",
    type: "gauge",
    help: "back\\slash\nnewline",
    samples: values.map((value, i) => ({ labels: { l: `"\\\n${i}` }, value })),
  }]);
  const samples = parsePrometheus(text);
  assert.deepEqual(samples.map(({ labels }) => labels["l"]), values.map((_, i) => `"\\\n${i}`));
  assert.match(text, /^# HELP a back\\\\slash\\nnewline\n/);
  assert.match(text, / \+Inf\n.* -Inf\n$/s);
});

Deno.test("Counter counts for each combination of labels", () => {
  const counter = new Counter({ name: "c_total", help: "C.", labels: ["x", "y"] });
  assert.deepEqual(parsePrometheus(writeMetrics([counter.metric()])), []);
  const kept = counter.of("1", "a,b");
  kept.value += 2;
  counter.add(3, "1", "a,b");
  counter.add(1, "1,a", "b");
  assert.deepEqual(parsePrometheus(writeMetrics([counter.metric()])), [
    { name: "c_total", labels: { x: "1", y: "a,b" }, value: 5 },
    { name: "c_total", labels: { x: "1,a", y: "b" }, value: 1 },
  ]);
  const plain = new Counter({ name: "p_total", help: "P." });
  assert.equal(parsePrometheus(writeMetrics([plain.metric()]))[0]?.value, 0);
});

Deno.test("Histogram adds up its buckets; a bound belongs to its bucket", () => {
  const histogram = new Histogram({ name: "h_seconds", help: "H.", labels: ["x"] }, [1, 2]);
  for (const value of [0, 1, 1.5, 2, 3, 100]) histogram.observe(value, "a");
  histogram.observe(5, "b");
  const samples = parsePrometheus(writeMetrics([histogram.metric()]));
  const ofA = samples.filter(({ labels }) => labels["x"] === "a").map(({ value }) => value);
  assert.deepEqual(ofA, [2, 4, 6, 107.5, 6]);
  const ofB = samples.filter(({ labels }) => labels["x"] === "b").map(({ value }) => value);
  assert.deepEqual(ofB, [0, 0, 1, 5, 1]);
});
