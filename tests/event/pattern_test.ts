import assert from "node:assert/strict";
import {
  compilePattern,
  MAX_PATTERN_LENGTH,
  PatternError,
  type PatternErrorReason,
  type PatternMode,
} from "../../lib/event/pattern.ts";
import { cpuMs } from "../cpu_time.ts";

/** Checks which of some texts a pattern matches; ASCII ones both ways. */
function check(
  source: string,
  mode: PatternMode,
  texts: { readonly yes?: readonly string[]; readonly no?: readonly string[] },
): void {
  const pattern = compilePattern(source, mode);
  for (const [expected, list] of [[true, texts.yes ?? []], [false, texts.no ?? []]] as const) {
    for (const text of list) {
      const what = `${mode} ${JSON.stringify(source)} in ${JSON.stringify(text)}`;
      assert.equal(pattern.test(text), expected, what);
      if (/^[\0-\x7f]*$/.test(text)) assert.equal(pattern.testAscii(text), expected, what);
    }
  }
}

function errorOf(source: string): PatternError {
  try {
    compilePattern(source, "search");
  } catch (error) {
    assert.ok(error instanceof PatternError, String(error));
    return error;
  }
  return assert.fail(`accepted: ${source}`);
}

Deno.test("compilePattern tells search, match and fullmatch apart", () => {
  check("b", "search", { yes: ["abc", "b"], no: ["", "a"] });
  check("b", "match", { yes: ["bc"], no: ["ab", "a\nb"] });
  check("a|ab", "fullmatch", { yes: ["a", "ab"], no: ["abc", "ab\n"] });
  check("(?m)^b", "match", { yes: ["b"], no: ["a\nb"] });
});

Deno.test("compilePattern treats $ as Python does", () => {
  check("end$", "search", {
    yes: ["end", "end\n", "a\nend\n"],
    no: ["end\n\n", "end\r\n", "end\r"],
  });
  check("(?m)end$", "search", { yes: ["end\nx", "end"], no: ["end\rx", "end\u2028x", "ends"] });
  check("end\\Z", "search", { yes: ["end"], no: ["end\n"] });
  check("end$", "fullmatch", { yes: ["end"], no: ["end\n"] });
  check("(?:a$|b)\\n", "search", { yes: ["a\n", "b\nc"], no: ["a\nc"] });
  check("(?:a$)+", "search", { yes: ["a", "a\n"], no: ["ab", "a\n\n"] });
});

Deno.test("compilePattern treats ^ as Python does", () => {
  check("^b", "search", { yes: ["b"], no: ["a\nb"] });
  check("(?m)^b", "search", { yes: ["b", "a\nb"], no: ["a\rb", "a\u2028b"] });
  check("(?m)\\Ab", "search", { yes: ["b"], no: ["a\nb"] });
  check("(?m)a\\n^b$", "search", { yes: ["a\nb\nc"], no: ["a\nbc"] });
});

Deno.test("compilePattern lets . match anything but \\n", () => {
  check("a.b", "fullmatch", { yes: ["a\rb", "a\u2028b", "a\u2029b", "a😀b"], no: ["a\nb", "ab"] });
  check("(?s)a.b", "fullmatch", { yes: ["a\nb", "a😀b"] });
  check("(?s:.).", "fullmatch", { yes: ["\na", "😀😀"], no: ["a\n", "😀"] });
});

Deno.test("compilePattern counts a surrogate pair as one character", () => {
  check("..", "fullmatch", { yes: ["😀a", "😀😀"], no: ["😀"] });
  check("😀{2}", "fullmatch", { yes: ["😀😀"], no: ["😀\ude00"] });
  check("[^😀]b", "search", { yes: ["😁b", "ab"], no: ["😀b"] });
  check("[😀-😂]+", "fullmatch", { yes: ["😀😁😂"], no: ["😃", "😀\ud83d"] });
  check("\\B", "search", { no: ["a😀a", ""], yes: ["😀", "ab"] });
  check("(?<=😀)b", "search", { yes: ["😀b"], no: ["😁b"] });
  check("(?<!.)(?!.)", "search", { yes: [""], no: ["😀", "a"] });
  check("\\ud83d", "search", { yes: ["\ud83da", "a\ud83d"], no: ["😀"] });
  check("^.$", "search", { yes: ["\ud83d", "\ude00", "😀"], no: ["\ud83da"] });
});

Deno.test("compilePattern means Unicode by \\d \\w \\s \\b, and ASCII under (?a)", () => {
  check("\\w+", "fullmatch", { yes: ["Жук", "漢字", "a_1", "𝐀", "½"], no: ["-", "😀", "a\u0301"] });
  check("(?a)\\w+", "fullmatch", { yes: ["a_1"], no: ["Ж"] });
  check("\\d+", "fullmatch", { yes: ["١٢٣", "𝟘"], no: ["²"] });
  check("\\s+", "fullmatch", { yes: ["\x1c\x1d\x1e\x1f\x85\xa0\u2028"], no: ["\ufeff", "\u200b"] });
  check("(?a)\\s", "search", { yes: [" ", "\v"], no: ["\x1c", "\xa0"] });
  check("\\bЖук\\b", "search", { yes: ["Жук", "a Жук!", "😀Жук"], no: ["Жука", "аЖук"] });
  check("(?a)\\bc", "search", { yes: ["Жc"], no: ["ac"] });
  check("(?a:\\w)(?u:\\w)", "fullmatch", { yes: ["aЖ"], no: ["Жa"] });
  check("\\W\\D\\S", "fullmatch", { yes: ["-aЖ"], no: ["Ж-a", "-1a"] });
  check("[^\\W\\d]", "fullmatch", { yes: ["Ж", "_"], no: ["1", "-"] });
});

Deno.test("compilePattern ignores case as Python does", () => {
  check("(?i)straße", "fullmatch", { yes: ["STRAßE", "straẞe", "ſtraße"], no: ["STRASSE"] });
  check("(?i)k", "fullmatch", { yes: ["k", "K", "\u212a"], no: ["κ"] });
  check("(?i)µ", "fullmatch", { yes: ["µ", "μ", "Μ"] });
  check("(?i)i", "fullmatch", { yes: ["i", "I", "İ", "ı"] });
  check("(?ai)k", "fullmatch", { yes: ["K"], no: ["\u212a"] });
  check("(?i)[а-я]+", "fullmatch", { yes: ["ЖУК", "жук"], no: ["Ё"] });
  check("(?i)[^k]", "fullmatch", { yes: ["x"], no: ["K", "\u212a"] });
  check("(?i)σ", "fullmatch", { yes: ["Σ", "ς", "σ"] });
  check("(?i)a(?-i:b)", "fullmatch", { yes: ["Ab"], no: ["AB"] });
  check("a(?i:b)c", "fullmatch", { yes: ["aBc"], no: ["ABc", "aBC"] });
});

Deno.test("compilePattern reads flags, comments and verbose patterns", () => {
  check("(?x) a b # comment\n c\\ [ ]", "fullmatch", { yes: ["abc  "], no: ["a b c"] });
  check("a(?x: b # c\n )d e", "fullmatch", { yes: ["abd e"], no: ["abde"] });
  check("(?#first)(?i)(?s)a.", "fullmatch", { yes: ["A\n"] });
  check("a(?#x)*b", "fullmatch", { yes: ["aaab", "b"] });
  check("(?i)a|(?-i:b)|c", "fullmatch", { yes: ["A", "b", "C"], no: ["B"] });
});

Deno.test("compilePattern reads braces as Python does", () => {
  check("a{,2}", "fullmatch", { yes: ["", "a", "aa"], no: ["aaa", "a{,2}"] });
  check("a{2,}", "fullmatch", { yes: ["aa", "aaaa"], no: ["a"] });
  check("{", "search", { yes: ["{"] });
  check("a{1", "fullmatch", { yes: ["a{1"] });
  check("a{}", "fullmatch", { yes: ["a{}"] });
  check("a{x}", "fullmatch", { yes: ["a{x}"] });
  check("a{,}", "fullmatch", { yes: ["", "aaa"] });
  check("a{20,40}", "fullmatch", { yes: ["a".repeat(20), "a".repeat(40)], no: ["a".repeat(41)] });
  check("(?:ab){33}", "fullmatch", { yes: ["ab".repeat(33)], no: ["ab".repeat(32)] });
});

Deno.test("compilePattern reads classes and escapes as Python does", () => {
  check("[]a]+", "fullmatch", { yes: ["]a"], no: ["["] });
  check("[^]a]", "fullmatch", { yes: ["b"], no: ["]", "a"] });
  check("[a\\-c]+", "fullmatch", { yes: ["a-c"], no: ["b"] });
  check("[a-]+", "fullmatch", { yes: ["a-"] });
  check("[\\w-]+", "fullmatch", { yes: ["a-b"] });
  check("[[a&&b]+", "fullmatch", { yes: ["[a&b"] });
  check("\\x41\\u0042\\U00000043\\104\\0", "fullmatch", { yes: ["ABCD\0"] });
  check("[\\1\\b\\101]+", "fullmatch", { yes: ["\x01\bA"] });
  check("\\/\\_\\-\\a", "fullmatch", { yes: ["/_-\x07"] });
});

Deno.test("compilePattern honours groups, references, look-around and atomic groups", () => {
  check("(?P<q>[\"']).*?(?P=q)", "search", { yes: ["'a'", 'x "y"'], no: ["'a\""] });
  check("(?<n>a)\\1", "fullmatch", { yes: ["aa"] });
  check("(a|b)+\\1", "fullmatch", { yes: ["abb"], no: ["aba"] });
  check("(?i)(жk)\\1", "fullmatch", { yes: ["жkЖ\u212a"], no: ["жkж"] });
  check("(?i)(ſ)\\1", "fullmatch", { yes: ["ſſ", "ss"], no: ["ſs"] });
  check("(?i)(a)\\1", "fullmatch", { yes: ["aA"] });
  check("(?<!un)happy", "search", { yes: ["happy"], no: ["unhappy"] });
  check("foo(?!bar)", "search", { yes: ["foo", "foob"], no: ["foobar"] });
  check("foo(?=bar$)", "search", { yes: ["foobar\n"], no: ["foobars"] });
  check("a++b", "search", { yes: ["aab"], no: ["aa"] });
  check("a++ab", "search", { no: ["aaab"] });
  check("(?>a|ab)c", "search", { yes: ["ac"], no: ["abc"] });
  check("(?>a|ab)", "fullmatch", { yes: ["a"], no: ["ab"] });
  check("(?:a|ab){2}+", "search", { yes: ["aa"], no: ["aba"] });
  check("\\B", "search", { no: ["", "a"], yes: ["ab", " "] });
});

const SYNTAX: readonly (readonly [pattern: string, problem: string, construct: string])[] = [
  ["(", "missing ), unterminated subpattern at position 0", "group"],
  ["a)", "unbalanced parenthesis at position 1", "group"],
  ["(?P", "unexpected end of pattern at position 3", "group"],
  ["(?z)", "unknown extension ?z at position 1", "group"],
  ["(?#a", "missing ), unterminated comment at position 0", "group"],
  ["*a", "nothing to repeat at position 0", "quantifier"],
  ["a|*", "nothing to repeat at position 2", "quantifier"],
  ["^*", "nothing to repeat at position 1", "quantifier"],
  ["a**", "multiple repeat at position 2", "quantifier"],
  ["a{3,2}", "min repeat greater than max repeat at position 2", "quantifier"],
  ["a{4294967295}", "the repetition number is too large at position 1", "quantifier"],
  ["\\Q", "bad escape \\Q at position 0", "escape"],
  ["😀\\", "bad escape (end of pattern) at position 1", "escape"],
  ["\\x1", "incomplete escape \\x1 at position 0", "escape"],
  ["\\400", "octal escape value \\400 outside of range 0-0o377 at position 0", "escape"],
  ["\\U00110000", "bad escape \\U00110000 at position 0", "escape"],
  ["[\\A]", "bad escape \\A at position 1", "escape"],
  ["[a", "unterminated character set at position 0", "character class"],
  ["[z-a]", "bad character range z-a at position 1", "character class"],
  ["[a-\\d]", "bad character range a-\\d at position 1", "character class"],
  ["(?P<1a>x)", "bad character in group name '1a' at position 4", "group name"],
  ["(?P<>x)", "missing group name at position 4", "group name"],
  ["(?P<a", "missing >, unterminated name at position 4", "group name"],
  ["(?P=a)", "unknown group name 'a' at position 4", "group name"],
  [
    "(?P<a>x)(?P<a>y)",
    "redefinition of group name 'a' as group 2; was group 1 at position 12",
    "group name",
  ],
  ["x(?i)", "global flags not at the start of the expression at position 1", "flags"],
  ["(?L)x", "bad inline flags: cannot use 'L' flag with a str pattern at position 3", "flags"],
  ["(?i-i:a)", "bad inline flags: flag turned on and off at position 5", "flags"],
  ["(?au)", "bad inline flags: flags 'a', 'u' and 'L' are incompatible at position 4", "flags"],
  ["(?-a:x)", "bad inline flags: cannot turn off flags 'a', 'u' and 'L' at position 4", "flags"],
  ["(?i", "missing -, : or ) at position 3", "flags"],
  ["(?<=a*)", "look-behind requires fixed-width pattern at position 0", "look-behind"],
  ["\\1", "invalid group reference 1 at position 1", "back-reference"],
  ["(a\\1)", "cannot refer to an open group at position 2", "back-reference"],
];

Deno.test("compilePattern refuses what Python refuses, in its words", () => {
  for (const [source, problem, construct] of SYNTAX) {
    const error = errorOf(source);
    assert.equal(error.message, `Cannot compile pattern ${JSON.stringify(source)}: ${problem}`);
    assert.equal(error.construct, construct, source);
    assert.equal(error.reason, "syntax", source);
    assert.equal(error.pattern, source);
    assert.ok(problem.endsWith(` at position ${error.position}`), source);
  }
});

const REFUSED: readonly (readonly [string, string, PatternErrorReason])[] = [
  ["(a)?(?(1)b|c)", "conditional group", "unsupported"],
  ["\\N{DIGIT ONE}", "character name", "unsupported"],
  ["(a)?\\1", "back-reference to a group that may be unset", "unsupported"],
  ["(?:(a)|b)\\1", "back-reference to a group that may be unset", "unsupported"],
  ["(?:(a)|b)*\\1", "back-reference to a group that may be unset", "unsupported"],
  ["(a*)+\\1", "back-reference to a repeated group", "unsupported"],
  ["a(?i:(b)\\1)", "case-insensitive back-reference", "unsupported"],
  ["a{2000000}", "repetition count", "limit"],
  ["(".repeat(300), "nesting", "limit"],
  ["\\w".repeat(2000), "generated size", "limit"],
  ["a".repeat(MAX_PATTERN_LENGTH + 1), "pattern length", "limit"],
];

Deno.test("compilePattern names the construct it cannot honour", () => {
  for (const [source, construct, reason] of REFUSED) {
    const error = errorOf(source);
    assert.deepEqual([error.construct, error.reason], [construct, reason], source.slice(0, 80));
    assert.ok(error.message.length < 500);
  }
});

Deno.test("compilePattern refuses a back-reference only when it could matter", () => {
  check("(?i)([\"'])x\\1", "search", { yes: ["'X'"], no: ["'x\""] });
  check("a(?i:(\\d)\\1)", "search", { yes: ["a11"], no: ["a12"] });
  check("(?:(a)|b)+(c)\\2", "search", { yes: ["acc", "bcc"] });
  check("(?:(a|b)\\1)*c", "fullmatch", { yes: ["aabbc", "c"], no: ["abc"] });
});

Deno.test("Pattern.literals are in every matching text, longest first", () => {
  const literals = (source: string) => compilePattern(source, "search").literals;
  assert.deepEqual(literals("ab.*cde"), ["cde", "ab"]);
  assert.deepEqual(literals("a(?:bc)d?"), ["abc"]);
  assert.deepEqual(literals("a+b"), ["a", "b"]);
  assert.deepEqual(literals("x(?=yz)"), ["yz", "x"]);
  assert.deepEqual(literals("foo|bar"), []);
  assert.deepEqual(literals("(?i)err 404"), [" 404"]);
  assert.deepEqual(literals("😀\\bЖ(?!no)"), ["😀Ж"]);
  assert.deepEqual(literals("\\w*"), []);
});

Deno.test("compilePattern ends soon for hostile patterns", () => {
  const hostile = [
    "(?:".repeat(150) + "a" + "){16}".repeat(150),
    "(?i)" + "[\\x00-\\U0010ffff]".repeat(500),
    "😀|".repeat(5000) + "x",
    "\\b(?:a|b|c)".repeat(1400),
    "(?i)" + "k".repeat(16_000),
    "a{128}".repeat(2700),
    "(?!a)".repeat(3000),
    "[^a]".repeat(4000),
    "\\w".repeat(150),
  ];
  for (const source of hostile) {
    const start = cpuMs();
    try {
      const pattern = compilePattern(source, "search");
      pattern.testAscii("hello");
      pattern.test("Жук");
    } catch (error) {
      assert.ok(error instanceof PatternError, source.slice(0, 60));
    }
    const used = cpuMs() - start;
    assert.ok(used < 3000, `${source.slice(0, 60)}: ${used} ms`);
  }
});

Deno.test("Pattern's sources serve as flag-less expressions", () => {
  const pattern = compilePattern("(?i)жук\\d$", "match");
  assert.ok(new RegExp(pattern.exactSource!).test("ЖУК١\n"));
  assert.equal(new RegExp(compilePattern("(?i)a.$", "search").asciiSource).test("bA\r\n"), true);
  assert.equal(compilePattern("(?i)(a)\\1", "search").exactSource, undefined);
});
