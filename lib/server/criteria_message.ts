import { CriteriaError, parseCriteria } from "../event/criteria.ts";
import { compileCriteria, type Matcher } from "../event/matcher.ts";
import type { Message } from "./connection.ts";
import { MAX_CRITERIA_BYTES } from "./limits.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the message with which a client asks for events.
 *
 * @throws {CriteriaError} When it is no JSON, no criteria, or a pattern is refused.
 */
export function readCriteriaMessage(message: Message): Matcher {
  if (message.length > MAX_CRITERIA_BYTES) {
    throw new CriteriaError(
      `Cannot read criteria: longer than ${MAX_CRITERIA_BYTES} bytes, current length is ${message.length}`,
    );
  }
  return compileCriteria(parseCriteria(parseJson(toText(message))));
}

function toText(message: Message): string {
  if (typeof message === "string") return message;
  try {
    return decoder.decode(message);
  } catch (cause) {
    throw new CriteriaError("Cannot read criteria: not valid UTF-8", undefined, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CriteriaError(`Cannot read criteria: not valid JSON: ${reason}`, undefined, {
      cause,
    });
  }
}
