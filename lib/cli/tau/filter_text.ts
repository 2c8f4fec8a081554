import { readTime, TimeTextError } from "../../base/time_text.ts";
import { type Criteria, CriteriaError } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { closest, didYouMean } from "../suggestion.ts";
import { formatLocal } from "./local_time.ts";

/** What a filter line may name beside the words that are looked for in the content. */
const FILTER_NAMES = ["source", "tag", "id", "since", "until", "content"] as const;

type FilterName = typeof FILTER_NAMES[number];

/** Other words for the same, which people try first. */
const ALIASES: ReadonlyMap<string, FilterName> = new Map([
  ["tags", "tag"],
  ["after", "since"],
  ["start", "since"],
  ["from", "since"],
  ["before", "until"],
  ["end", "until"],
  ["to", "until"],
]);

/** A part of a filter line that cannot be used. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  /** Where the part begins in the line. */
  readonly position: number;

  constructor(message: string, position: number, options?: ErrorOptions) {
    super(message, options);
    this.position = position;
  }
}

/** A piece of a line: what stands between blanks, quotes taken off. */
interface Token {
  readonly name: FilterName | undefined;
  readonly value: string;
  readonly position: number;
}

/**
 * Reads a filter line: words and regular expressions for the content, and `name:value` for the rest, such
 * as `timeout|refused source:/var/log tag:web since:1h`. A value with blanks stands in double quotes.
 *
 * @param now Seconds since 1970, for times before it.
 * @throws {FilterError} When a part cannot be used; the message names it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseFilter("no route source:/var tag:a tag:b", 0), {
 *   source: "/var",
 *   tags: ["a", "b"],
 *   content: "no route",
 * });
 * ```
 */
export function parseFilter(text: string, now: number): Criteria {
  const tokens = readTokens(text);
  const content = tokens.filter(({ name }) => name === undefined || name === "content");
  const tags = tokens.filter(({ name }) => name === "tag");
  const criteria: Criteria = {
    ...patternOf("id", tokens),
    ...patternOf("source", tokens),
    ...timeOf("start", "since", tokens, now),
    ...timeOf("end", "until", tokens, now),
    ...(tags.length === 0 ? {} : { tags: tags.map(({ value }) => value) }),
    ...(content.length === 0 ? {} : { content: content.map(({ value }) => value).join(" ") }),
  };
  if (criteria.start !== undefined && criteria.end !== undefined && criteria.start > criteria.end) {
    const position = tokens.find(({ name }) => name === "until")?.position ?? 0;
    throw new FilterError("until: must not lie before since:", position);
  }
  checkPatterns(criteria, tokens);
  return criteria;
}

/** The line that {@linkcode parseFilter} reads as these criteria; order and limit have no place in it. */
export function formatFilter(criteria: Criteria): string {
  const { id, source, start, end, tags = [], content } = criteria;
  const parts: string[] = [];
  if (content) parts.push(isPlain(content) ? content : `content:${quote(content)}`);
  if (source) parts.push(`source:${quote(source)}`);
  for (const tag of tags) parts.push(`tag:${quote(tag)}`);
  if (id) parts.push(`id:${quote(id)}`);
  if (start !== undefined) parts.push(`since:${quote(formatLocal(start))}`);
  if (end) parts.push(`until:${quote(formatLocal(end))}`);
  return parts.join(" ");
}

/** `name:` at the beginning of a piece; other words with a colon are content. */
const NAMED = /^([a-z]+):/i;

function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\S/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const position = match.index;
    const word = NAMED.exec(text.slice(position))?.[1]?.toLowerCase() ?? "";
    const name = nameOf(word, position);
    const start = name === undefined ? position : position + word.length + 1;
    const { value, end } = readValue(text, start);
    if (value === "" && name !== undefined && name !== "tag") {
      throw new FilterError(`${word}: needs a value right after the colon`, position);
    }
    tokens.push({ name, value, position });
    pattern.lastIndex = end;
  }
  return tokens;
}

function nameOf(word: string, position: number): FilterName | undefined {
  const known = FILTER_NAMES.find((name) => name === word) ?? ALIASES.get(word);
  if (known !== undefined || word === "") return known;
  if (word === "order" || word === "limit") {
    throw new FilterError(`${word}: has no place here, as all events are shown by time`, position);
  }
  const near = closest(word, FILTER_NAMES);
  // `http:` and `error:` are words of logs; `surce:` is none.
  if (near.length === 0 || word.length < 4) return undefined;
  throw new FilterError(
    `${word}: is unknown${didYouMean(near.map((name) => `${name}:`))}`,
    position,
  );
}

/** Up to the next blank; in double quotes up to the next quote without a backslash before it. */
function readValue(text: string, start: number): { readonly value: string; readonly end: number } {
  if (text[start] !== '"') {
    const value = /^\S*/.exec(text.slice(start))?.[0] ?? "";
    return { value, end: start + value.length };
  }
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text.slice(start));
  if (quoted === null) throw new FilterError("a quote is not closed", start);
  return { value: (quoted[1] ?? "").replaceAll('\\"', '"'), end: start + quoted[0].length };
}

function patternOf(name: "id" | "source", tokens: readonly Token[]): Partial<Criteria> {
  const token = onlyOne(name, tokens);
  return token === undefined ? {} : { [name]: token.value };
}

function timeOf(
  key: "start" | "end",
  name: "since" | "until",
  tokens: readonly Token[],
  now: number,
): Partial<Criteria> {
  const token = onlyOne(name, tokens);
  if (token === undefined) return {};
  try {
    return { [key]: readTime(token.value, now) };
  } catch (cause) {
    if (!(cause instanceof TimeTextError)) throw cause;
    throw new FilterError(`${name}: ${cause.message}`, token.position, { cause });
  }
}

function onlyOne(name: FilterName, tokens: readonly Token[]): Token | undefined {
  const [first, second] = tokens.filter((token) => token.name === name);
  if (second === undefined) return first;
  throw new FilterError(`${name}: must not be given twice`, second.position);
}

function checkPatterns(criteria: Criteria, tokens: readonly Token[]): void {
  try {
    compileCriteria(criteria);
  } catch (cause) {
    if (!(cause instanceof CriteriaError)) throw cause;
    const name = cause.key === "tags" ? "tag" : cause.key;
    const token = tokens.find((token) => (token.name ?? "content") === name);
    const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
    throw new FilterError(`${name}: ${reason}`, token?.position ?? 0, { cause });
  }
}

/** Whether a content pattern is read as such when it stands in the line as it is. */
function isPlain(content: string): boolean {
  return content.trim() === content && !/\s\s|[\n\t]/.test(content) &&
    content.split(" ").every((word) => word !== "" && !word.startsWith('"') && !NAMED.test(word));
}

function quote(value: string): string {
  if (value !== "" && !/\s/.test(value) && !value.startsWith('"')) return value;
  return `"${value.replaceAll('"', '\\"')}"`;
}
