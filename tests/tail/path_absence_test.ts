import assert from "node:assert/strict";
import { PathAbsence } from "../../lib/tail/path_absence.ts";
import { Workbench } from "./workbench.ts";

/** Well before anything that is made now. */
const LONG_AGO = new Date(Date.now() - 60_000);

Deno.test("PathAbsence tells that something may have come and gone when the directory has changed", () => {
  using files = new Workbench();
  Deno.utimeSync(files.directory, LONG_AGO, LONG_AGO);
  const absence = new PathAbsence(files.at("log"));
  assert.equal(absence.look(), "gone");
  assert.equal(absence.look(), "same");
  files.write("log", "");
  files.rename("log", "log.1");
  assert.equal(absence.look(), "passed");
  assert.equal(absence.look(), "same");
});

Deno.test("PathAbsence does without a directory, and notices when it is made", () => {
  using files = new Workbench();
  const absence = new PathAbsence(files.at("logs/log"));
  assert.equal(absence.look(), "gone");
  assert.equal(absence.look(), "same");
  Deno.mkdirSync(files.at("logs"));
  assert.equal(absence.look(), "passed");
});
