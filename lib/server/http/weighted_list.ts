/** A value of a header such as `Accept`, and how much it is wanted. */
export interface WeightedValue {
  /** In small letters. */
  readonly value: string;
  /** 0 = not at all; NaN when it is no number. */
  readonly weight: number;
}

/**
 * Reads a header such as `Accept` or `Accept-Encoding`: what is wanted most first, ties in their order.
 *
 * @example
 * ```ts
 * import { readWeightedList } from "./weighted_list.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readWeightedList("br;q=0.5, GZIP"), [
 *   { value: "gzip", weight: 1 },
 *   { value: "br", weight: 0.5 },
 * ]);
 * ```
 */
export function readWeightedList(header: string | null): readonly WeightedValue[] {
  const values = (header ?? "").split(",").map((item) => {
    const [value = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return { value, weight: Number(weight ?? 1) };
  });
  return values.sort((a, b) => b.weight - a.weight);
}

/** Whether a client that sends this `Accept-Encoding` takes gzip. */
export function acceptsGzip(header: string | null): boolean {
  const values = readWeightedList(header);
  const gzip = values.find(({ value }) => value === "gzip" || value === "x-gzip");
  const wanted = gzip ?? values.find(({ value }) => value === "*");
  return wanted !== undefined && wanted.weight > 0;
}
