import type { ClassItem } from "./syntax.ts";
import { parseClassEscape } from "./parse_escape.ts";
import type { Tokens } from "./tokens.ts";

/** What stands between `[` and `]`. */
export interface ClassContent {
  readonly negated: boolean;
  readonly items: readonly ClassItem[];
}

interface Member {
  readonly item: ClassItem;
  /** As written, for errors. */
  readonly text: string;
  readonly position: number;
}

/** Reads a character class whose `[`, at `start`, is already taken. */
export function parseClass(tokens: Tokens, start: number): ClassContent {
  const negated = tokens.accept("^");
  const items: ClassItem[] = [];
  // A `]` right after the opening is a member: the class cannot be empty.
  while (items.length === 0 || tokens.next !== "]") {
    const member = takeMember(tokens, start);
    if (!tokens.accept("-")) {
      items.push(member.item);
    } else if (tokens.next === "]") {
      items.push(member.item, { kind: "point", codePoint: 0x2d });
    } else {
      items.push(makeRange(tokens, member, takeMember(tokens, start)));
    }
  }
  tokens.take();
  return { negated, items };
}

function takeMember(tokens: Tokens, start: number): Member {
  const position = tokens.position;
  const token = tokens.take();
  if (token === undefined) {
    tokens.fail("character class", "unterminated character set", start);
  }
  if (!token.startsWith("\\")) {
    return { item: { kind: "point", codePoint: token.codePointAt(0)! }, text: token, position };
  }
  const escape = parseClassEscape(tokens, token, position);
  if (escape.kind === "point" || escape.kind === "category") {
    return { item: escape, text: token, position };
  }
  return tokens.fail("escape", `bad escape ${token}`, position);
}

function makeRange(tokens: Tokens, from: Member, to: Member): ClassItem {
  const { item: low } = from;
  const { item: high } = to;
  if (low.kind === "point" && high.kind === "point" && low.codePoint <= high.codePoint) {
    return { kind: "range", first: low.codePoint, last: high.codePoint };
  }
  return tokens.fail(
    "character class",
    `bad character range ${from.text}-${to.text}`,
    from.position,
  );
}
