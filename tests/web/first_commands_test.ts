import assert from "node:assert/strict";
import { firstCommands } from "../../lib/web/first_commands.js";

Deno.test("firstCommands name host and port where they are not the usual ones", () => {
  const rows: readonly (readonly [address: string, watch: string, url: string])[] = [
    ["http://localhost:6433", "-f", "http://localhost:6433/events"],
    ["ws://localhost:7000", "-P 7000 -f", "http://localhost:7000/events"],
    ["ws://[::1]:6433/", "-H ::1 -f", "http://[::1]:6433/events"],
    [
      "https://logs.example",
      "-H logs.example -P 443 --secure -f",
      "https://logs.example:443/events",
    ],
    ["http://logs.example", "-H logs.example -P 80 -f", "http://logs.example:80/events"],
  ];
  for (const [address, options, url] of rows) {
    const { watch, send } = firstCommands(address);
    assert.equal(watch, `theia watch ${options} /var/log/syslog`);
    assert.equal(send[0], `curl ${url} -H 'content-type: application/json'`);
  }
});
