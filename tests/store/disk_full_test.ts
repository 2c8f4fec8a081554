import assert from "node:assert/strict";
import { isNoSpace } from "../../lib/base/no_space.ts";
import { DiskFullGate, type DiskNotice } from "../../lib/store/disk_full.ts";
import { EventWriteError } from "../../lib/store/store.ts";

function full(): EventWriteError {
  return new EventWriteError("disk full", { retryable: true, isDiskFull: true });
}

Deno.test("DiskFullGate refuses untried for a moment after the disk was full, and tells once", () => {
  let now = 0;
  const notices: DiskNotice[] = [];
  const gate = new DiskFullGate(() => now);
  gate.onNotice((notice) => notices.push(notice));
  assert.equal(gate.refusal, undefined);
  gate.failed(new EventWriteError("busy", { retryable: true }));
  assert.equal(gate.refusal, undefined);
  const error = full();
  gate.failed(error);
  assert.equal(gate.refusal, error);
  now = 199;
  assert.equal(gate.refusal, error);
  now = 200;
  assert.equal(gate.refusal, undefined);
  gate.failed(full());
  assert.ok(gate.refusal !== undefined);
  gate.open();
  assert.equal(gate.refusal, undefined);
  gate.passed();
  gate.passed();
  assert.deepEqual(notices, [{ kind: "disk-full", reason: "disk full" }, { kind: "disk-ready" }]);
  gate.failed(full());
  assert.equal(notices.length, 3);
});

Deno.test("isNoSpace knows a full disk and a used-up quota", () => {
  for (const code of ["ENOSPC", "EDQUOT"]) {
    assert.ok(isNoSpace(Object.assign(new Error(code), { code })));
  }
  assert.ok(!isNoSpace(Object.assign(new Error("EACCES"), { code: "EACCES" })));
  assert.ok(!isNoSpace(new Error("ENOSPC")));
});
