import assert from "node:assert/strict";
import { numbered } from "./numbered_events.ts";
import { TauSession } from "./tau_session.ts";

Deno.test("tau tells as much as there is room for in the first and the last line", async () => {
  await using session = await TauSession.start({ events: numbered(23) });
  const { terminal } = session;
  const rows: readonly (readonly [number, RegExp, RegExp])[] = [
    [
      80,
      /^ tau {2}ws:\/\/test:6433 {2}● live +0\/s {2}23 events$/m,
      /^ 2023-11-14 22:13:42\.000 /m,
    ],
    [36, /^ test:6433 {2}● live +0\/s {2}23 events$/m, /^ 11-14 22:13:42 {2}100%/m],
    [30, /^ test:6433 {2}● live +23 events$/m, /\? help$/m],
    [18, /^ test:6433 {2}● live$/m, /\? help$/m],
  ];
  for (const [columns, header, status] of rows) {
    terminal.resize(columns, 12);
    await session.shows(header);
    await session.shows(status);
  }
  assert.ok(!session.text.includes("events"));
});
