/** Formats the cases on its input in the time zone of this process; run by tests with `TZ` set. */

import { formatCases } from "./strftime_cases.ts";

const cases = await new Response(Deno.stdin.readable).json();
await new Blob([JSON.stringify(formatCases(cases))]).stream().pipeTo(Deno.stdout.writable);
