import assert from "node:assert/strict";
import { compilePattern } from "../../lib/event/pattern.ts";
import { anywherePattern } from "../../lib/web/anywhere_pattern.js";

Deno.test("anywherePattern finds anywhere what the pattern finds at the beginning", () => {
  const rows: readonly (readonly [pattern: string, anywhere: string, value: string])[] = [
    ["nginx", ".*nginx", "/var/log/nginx/access.log"],
    ["/access", ".*/access", "/var/log/nginx/access.log"],
    ["apache|nginx", ".*(?:apache|nginx)", "/var/log/nginx/access.log"],
    ["(?i)NGINX", "(?i).*NGINX", "/var/log/nginx/access.log"],
    ["(?:a|b)\\.log$", ".*(?:(?:a|b)\\.log$)", "/var/b.log"],
  ];
  for (const [pattern, anywhere, value] of rows) {
    assert.equal(anywherePattern(pattern), anywhere);
    assert.equal(compilePattern(pattern, "match").test(value), false, pattern);
    assert.equal(compilePattern(anywhere, "match").test(value), true, anywhere);
  }
});

Deno.test("anywherePattern has nothing better for what says itself where it matches", () => {
  for (const pattern of ["", ".*nginx", "^nginx", "\\Anginx", "(?i)", "(?i).*nginx"]) {
    assert.equal(anywherePattern(pattern), undefined, pattern);
  }
});
