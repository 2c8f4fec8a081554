import type { Event } from "../../lib/event/mod.ts";
import { Random } from "../random.ts";

type Line = (random: Random) => string;

/** Who writes what, and how often beside the others. */
const WRITERS:
  readonly (readonly [source: string, tags: readonly string[], weight: number, Line])[] = [
    ["gateway", ["prod", "web"], 10, (random) => {
      const method = random.pick(["GET", "GET", "GET", "POST", "PUT", "DELETE"]);
      const path = random.pick([
        "/api/orders",
        "/api/orders/18734",
        "/api/items?page=2",
        "/login",
        "/health",
      ]);
      const status = random.pick([200, 200, 200, 200, 201, 204, 304, 404]);
      return `INFO  ${method} ${path} ${status} ${random.int(2, 180)}ms ip=10.2.${
        random.below(20)
      }.${random.below(250)}`;
    }],
    ["orders", ["prod"], 4, (random) =>
      random.pick([
        `INFO  order ${random.int(18000, 19000)} accepted, ${random.int(1, 9)} items, ${
          random.int(9, 400)
        }.90 EUR`,
        `DEBUG cache hit key=order:${random.int(18000, 19000)} age=${random.int(1, 300)}s`,
        `INFO  payment confirmed order=${random.int(18000, 19000)} provider=stripe`,
        `WARN  payment is slow order=${random.int(18000, 19000)} waited=${random.int(2, 9)}s`,
      ])],
    ["db-1", ["prod", "db"], 2, (random) =>
      random.pick([
        `LOG:  checkpoint complete: wrote ${random.int(100, 9000)} buffers (${
          random.int(1, 30)
        }.4%)`,
        `LOG:  duration: ${
          random.int(300, 2500)
        }.114 ms  statement: SELECT * FROM orders WHERE customer = $1`,
      ])],
    ["/var/log/syslog", ["host"], 2, (random) =>
      random.pick([
        `<30>systemd[1]: Started session-${random.int(100, 999)}.scope.`,
        `<78>CRON[${random.int(1000, 32000)}]: (root) CMD (run-parts /etc/cron.hourly)`,
        `<4>kernel: TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.`,
      ])],
    [
      "sensors/door1",
      ["home", "door"],
      1,
      (random) =>
        `{"level":"info","state":"${random.pick(["open", "closed"])}","battery":${
          random.int(60, 99)
        }}`,
    ],
  ];

const FAILURES: readonly Line[] = [
  (random) => `ERROR upstream timed out after 3000 ms: orders:8080 attempt=${random.int(1, 3)}`,
  () => "ERROR could not connect to db-1:5432: connection refused",
  () => "WARN  circuit breaker 'orders' is open, 12 requests refused",
  (random) => `INFO  GET /api/orders 503 3001ms ip=10.2.3.${random.below(250)}`,
];

/** Events as a small shop has them: busy by day's rhythm, with some minutes of trouble in the end. */
export function sampleEvents(count: number, end: number, seconds: number): Partial<Event>[] {
  const random = new Random(7);
  const weights = WRITERS.flatMap((writer) => Array.from({ length: writer[2] }, () => writer));
  const events: Partial<Event>[] = [];
  while (events.length < count) {
    const part = random.next();
    const load = 0.55 + 0.3 * Math.sin(part * 9) + 0.15 * Math.sin(part * 41);
    if (!random.chance(load)) continue;
    const isTrouble = part > 0.82 && part < 0.88;
    const [source, tags, , line] = random.pick(weights);
    const fails = isTrouble && random.chance(0.6);
    events.push({
      timestamp: end - seconds + part * seconds,
      source: fails ? "gateway" : source,
      tags: fails ? ["prod", "web"] : tags,
      content: fails ? random.pick(FAILURES)(random) : line(random),
      headers: random.chance(0.5) ? [`host: shop-${random.int(1, 3)}`] : [],
    });
  }
  return events.sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0))
    .map((event, at) => ({ ...event, id: `5d1c${at.toString(16).padStart(4, "0")}` }));
}
