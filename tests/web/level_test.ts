import assert from "node:assert/strict";
import { type Level, levelOf } from "../../lib/web/level.js";

const LINES: readonly (readonly [line: string, level: Level | undefined])[] = [
  ["2026-11-26 10:00:00,123 ERROR [main] no route", "error"],
  ["17/06/09 20:10:40 INFO executor.CoarseGrained: Registered", "info"],
  ["081109 203615 148 WARN dfs.DataNode: slow", "warning"],
  ["[Sun Dec 04 04:47:44 2005] [error] mod_jk child in error state 6", "error"],
  ["[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok", "info"],
  ["[Thu Jun 09 06:07:05 2005] [core:warn] [pid 7] slow", "warning"],
  ["2024/01/02 [crit] 7#0: *1 open() failed", "error"],
  ['ts=2026 level=warn msg="ERROR in the text"', "warning"],
  ['{"time":1,"msg":"ERROR: quoted","level":"info"}', "info"],
  ['{"level":50,"time":1}', "error"],
  ['{"severity": "DEBUG"}', "debug"],
  ["{'log.level': 'trace'}", "debug"],
  ["<11>Nov 26 host app: text", "error"],
  ["<30>Nov 26 host app: text", "info"],
  ["<135>1 2026 host", "debug"],
  ["<h1>not syslog", undefined],
  ["03-17 16:13:38.811  1702  2395 D WindowManager: printFreezing", "debug"],
  ["03-17 16:13:38.811  1702  2395 E AndroidRuntime: FATAL", "error"],
  ["W/ActivityManager(  585): slow", "warning"],
  ["E0322 12:00:00.000000 1 main.cc:7] failed", "error"],
  ["error: Could not load host key", "error"],
  ["sshd[24200]: error: Received disconnect", "error"],
  ["Warning: deprecated", "warning"],
  ["2026-11-26 | DEBUG | app:run:7 - text", "debug"],
  ["INFO: 0 ERROR lines", "info"],
  ["no errors so far, warnings neither", undefined],
  ["the error was found", undefined],
  ["GET /ERROR/page HTTP/1.1", undefined],
  ["ERROR_CODE=7 MY-ERROR", undefined],
  ["level=up", undefined],
  ["", undefined],
  [`${"x".repeat(300)} ERROR too late`, undefined],
];

Deno.test("levelOf finds the level where lines usually show it", () => {
  for (const [line, level] of LINES) assert.equal(levelOf(line), level, line);
});

Deno.test("levelOf looks at the head only, however long a line is", () => {
  assert.equal(levelOf(`WARN ${"[".repeat(1 << 20)}`), "warning");
});
