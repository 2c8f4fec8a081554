import type { Criteria } from "../../event/criteria.ts";
import { anywherePattern } from "../../web/anywhere_pattern.js";
import { separateTags } from "../joined_tags.ts";

/**
 * What somebody should know whose criteria found nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.match(nothingHint({ source: "nginx" }), /-s '\.\*nginx'$/);
 * assert.match(nothingHint({ tags: ["web,db"] }), /-t 'web' 'db'$/);
 * assert.equal(nothingHint({ source: ".*nginx" }), "No event matches.");
 * ```
 */
export function nothingHint({ source, id, start, end, tags = [] }: Criteria): string {
  if (start !== undefined && end && start > end) {
    return "No event matches. Nothing can be after -a and before -b, as -b is earlier.";
  }
  for (const [option, name, pattern = ""] of [["-s", "source", source], ["--id", "id", id]]) {
    const anywhere = anywherePattern(pattern);
    if (anywhere === undefined) continue;
    return `No event matches. A pattern of ${name} matches from the beginning; anywhere: ` +
      `${option} '${anywhere}'`;
  }
  const separate = separateTags(tags);
  if (separate === undefined) return "No event matches.";
  return "No event matches. A pattern of tag matches one tag, and none has a comma; events with all " +
    `of them: -t ${separate.map((tag) => `'${tag}'`).join(" ")}`;
}
