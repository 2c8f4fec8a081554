import { formatFilter } from "./filter_text.ts";

/** What the events of a store are called by. */
export type LabelKind = "source" | "tag";

/** What a word of a filter line can be completed to. */
export interface Completion {
  /** The word that is replaced. */
  readonly word: string;
  /** What may stand in its place, the likeliest first. */
  readonly candidates: readonly string[];
}

/** Names with what they are for; the first ones are used most. */
const NAMES = ["source:", "tag:", "since:", "until:", "id:", "content:"];

const TIMES = ["15m", "1h", "6h", "1d", "today", "yesterday", "now"];

/** More are no help to whoever presses a key for each. */
const MAX_CANDIDATES = 100;

/** The last word, in which blanks stand after a quote only. */
const WORD = /(?:^|\s)((?:[a-z]+:)?"(?:[^"\\]|\\.)*|\S*)$/i;

const NAMED = /^(source|tags?|since|until):(.*)$/is;

/** What has a meaning in patterns, but for the dot: it finds itself, and whoever reads it is glad. */
const SPECIAL = /[\\^$*+?()[\]{}|]/g;

/** Which labels must be known to complete what is typed; undefined where none need be. */
export function labelsFor(before: string): LabelKind | undefined {
  const name = NAMED.exec(wordOf(before))?.[1]?.toLowerCase();
  if (name === undefined || name === "since" || name === "until") return undefined;
  return name === "source" ? "source" : "tag";
}

/**
 * Completes the last word of what stands before the cursor of a filter line.
 *
 * @param labels All sources or tags, as {@linkcode labelsFor} wants them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(completeFilter("error so", []), { word: "so", candidates: ["source:"] });
 * const { candidates } = completeFilter("source:nginx", ["/var/log/nginx", "/srv/app"]);
 * assert.deepEqual(candidates, ["source:/var/log/nginx"]);
 * ```
 */
export function completeFilter(before: string, labels: readonly string[]): Completion {
  const word = wordOf(before);
  return { word, candidates: candidatesFor(word, labels).slice(0, MAX_CANDIDATES) };
}

function wordOf(before: string): string {
  return WORD.exec(before)?.[1] ?? "";
}

function candidatesFor(word: string, labels: readonly string[]): readonly string[] {
  const [, name = "", typed = ""] = NAMED.exec(word) ?? [];
  const kind = name.toLowerCase();
  if (kind === "") return NAMES.filter((candidate) => candidate.startsWith(word.toLowerCase()));
  if (kind === "since" || kind === "until") {
    return TIMES.filter((time) => time.startsWith(typed)).map((time) => `${kind}:${time}`);
  }
  const part = typed.replace(/^"/, "").replace(/\\(.)/g, "$1");
  const found = labels.filter((label) => label.includes(part));
  const first = found.filter((label) => label.startsWith(part));
  return [...first, ...found.filter((label) => !label.startsWith(part))].map((label) => {
    const pattern = label.replace(SPECIAL, "\\$&");
    return formatFilter(kind === "source" ? { source: pattern } : { tags: [pattern] });
  });
}
