import assert from "node:assert/strict";
import { acceptsGzip, readWeightedList } from "../../../lib/server/http/weighted_list.ts";

Deno.test("readWeightedList puts first what is wanted most, equal ones in their order", () => {
  const values = (header: string | null) => readWeightedList(header).map(({ value }) => value);
  assert.deepEqual(values("a;q=0.1, B , c;level=1;q=0.5,d"), ["b", "d", "c", "a"]);
  assert.deepEqual(values(null), [""]);
  assert.deepEqual(values(",,"), ["", "", ""]);
  assert.ok(Number.isNaN(readWeightedList("a;q=much")[0]?.weight));
});

Deno.test("acceptsGzip is true of those who take gzip, and of nobody else", () => {
  for (const header of ["gzip", "gzip, deflate, br, zstd", "br;q=1, GZIP;q=0.1", "x-gzip", "*"]) {
    assert.ok(acceptsGzip(header), header);
  }
  const others = [null, "", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "gzip;q=x"];
  for (const header of others) assert.ok(!acceptsGzip(header), `${header}`);
});
