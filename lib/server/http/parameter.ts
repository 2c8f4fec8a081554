import { TimeTextError } from "../../base/time_text.ts";
import type { JsonSchema } from "./json_schema.ts";
import { type HttpProblem, wrongParameter } from "./problem.ts";

/** A parameter of a route's query: how it is read and how it is described. */
export interface Parameter<T = unknown> {
  readonly description: string;
  readonly schema: JsonSchema;
  /** Whether it may be given more than once; the values are joined by commas then. */
  readonly isRepeatable?: boolean;
  /** An example value. */
  readonly example?: unknown;
  /** The rule that a value must follow; ends the sentence "'name' must be …". */
  readonly rule: string;
  /** Reads a value, undefined when it breaks the rule; of a time, a {@linkcode TimeTextError} says why. */
  readonly read: (text: string) => T | undefined;
}

/** The parameters that a route takes. */
export type ParameterTable = Readonly<Record<string, Parameter>>;

/** What a query says. */
export type ParameterValues<T extends ParameterTable> = {
  readonly [K in keyof T]?: T[K] extends Parameter<infer V> ? V : never;
};

/** Long enough to recognise a value, short enough for a message. */
const MAX_SHOWN_CHARS = 80;

/**
 * Reads the parameters of a query.
 *
 * @throws {HttpProblem} When one is unknown, wrong, or given twice; it names the parameter.
 */
export function readParameters<T extends ParameterTable>(
  query: URLSearchParams,
  table: T,
): ParameterValues<T> {
  const values: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    if (!Object.hasOwn(table, name)) throw unknownParameter(name, Object.keys(table));
    const parameter = table[name] as Parameter;
    const texts = query.getAll(name);
    if (texts.length > 1 && parameter.isRepeatable !== true) {
      throw wrongParameter(name, `Cannot read request as '${name}' must be given once`);
    }
    values[name] = readValue(name, parameter, texts.join(","));
  }
  return values as ParameterValues<T>;
}

function readValue(name: string, { read, rule }: Parameter, text: string): unknown {
  let reason = "";
  try {
    const value = read(text);
    if (value !== undefined) return value;
  } catch (error) {
    if (!(error instanceof TimeTextError)) throw error;
    reason = `${error.reason}: `;
  }
  throw wrongParameter(
    name,
    `Cannot read request as '${name}' must be ${rule}: ${reason}current value is ${show(text)}`,
  );
}

/** Text of any kind. */
export function textParameter(description: string, example?: string): Parameter<string> {
  return {
    description,
    schema: { type: "string" },
    ...(example === undefined ? {} : { example }),
    rule: "a text",
    read: (text) => text,
  };
}

/** One of some words. */
export function choiceParameter<T extends string>(
  description: string,
  choices: readonly T[],
): Parameter<T> {
  return {
    description,
    schema: { type: "string", enum: choices },
    rule: choices.map((choice) => `'${choice}'`).join(" or "),
    read: (text) => choices.find((choice) => choice === text),
  };
}

/**
 * A count of something.
 *
 * @param hint Ends the rule, such as by what is meant instead.
 */
export function countParameter(description: string, hint = ""): Parameter<number> {
  return {
    description,
    schema: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    rule: `a non-negative integer${hint}`,
    read: (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : NaN;
      return Number.isSafeInteger(value) ? value : undefined;
    },
  };
}

function unknownParameter(name: string, known: readonly string[]): HttpProblem {
  const rule = known.length === 0 ? "none is taken here" : `known are ${known.join(", ")}`;
  return wrongParameter(
    name,
    `Cannot read request as parameter ${show(name)} is unknown: ${rule}`,
  );
}

function show(text: string): string {
  return JSON.stringify(
    text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text,
  );
}
