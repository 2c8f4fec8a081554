/** The type that Prometheus expects of its text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** What tells the samples of a metric apart. */
export type Labels = Readonly<Record<string, string>>;

/** A value. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** How values are spread. */
export interface HistogramSample {
  readonly labels?: Labels;
  /** Upper bounds in rising order, each with how many values are at most that; without infinity. */
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  /** Of all values. */
  readonly sum: number;
  /** Of all values. */
  readonly count: number;
}

/** A metric with all its samples. */
export type Metric =
  | {
    readonly name: string;
    readonly type: "counter" | "gauge";
    readonly help: string;
    readonly samples: readonly Sample[];
  }
  | {
    readonly name: string;
    readonly type: "histogram";
    readonly help: string;
    readonly samples: readonly HistogramSample[];
  };

/** A metric of one value that rises and falls. */
export function gauge(name: string, help: string, value: number): Metric {
  return { name, type: "gauge", help, samples: [{ value }] };
}

/** A metric of one value that only rises. */
export function counter(name: string, help: string, value: number): Metric {
  return { name, type: "counter", help, samples: [{ value }] };
}

/**
 * Writes metrics in the text format of Prometheus.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @example
 * ```ts
 * import { writeMetrics } from "./metrics_text.ts";
 * import assert from "node:assert/strict";
 *
 * const samples = [{ labels: { room: "1" }, value: 2 }];
 * assert.equal(
 *   writeMetrics([{ name: "doors", type: "gauge", help: "Doors.", samples }]),
 *   '# HELP doors Doors.\n# TYPE doors gauge\ndoors{room="1"} 2\n',
 * );
 * ```
 */
export function writeMetrics(metrics: readonly Metric[]): string {
  return metrics.map(writeMetric).join("");
}

function writeMetric(metric: Metric): string {
  const { name, type, help } = metric;
  const lines = metric.type === "histogram"
    ? metric.samples.map((sample) => writeHistogram(name, sample))
    : metric.samples.map(({ labels, value }) => writeSample(name, labels, value));
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function writeHistogram(name: string, { labels, buckets, sum, count }: HistogramSample): string {
  const bucket = (bound: number, value: number) =>
    writeSample(`${name}_bucket`, { ...labels, le: writeNumber(bound) }, value);
  const lines = buckets.map(([bound, value]) => bucket(bound, value));
  return lines.join("") + bucket(Infinity, count) + writeSample(`${name}_sum`, labels, sum) +
    writeSample(`${name}_count`, labels, count);
}

function writeSample(name: string, labels: Labels | undefined, value: number): string {
  return `${name}${writeLabels(labels ?? {})} ${writeNumber(value)}\n`;
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function writeNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => character === "\n" ? "\\n" : `\\${character}`);
}

function escapeHelp(text: string): string {
  return text.replace(/[\\\n]/g, (character) => character === "\n" ? "\\n" : "\\\\");
}
