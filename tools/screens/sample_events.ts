import type { Event } from "../../lib/event/event.ts";
import { createEvent } from "../../lib/event/event.ts";
import { Random } from "../../lib/cli/random.ts";

/** One kind of line: where it comes from, how often, and how its text is made. */
interface LineKind {
  readonly source: string;
  readonly tags: readonly string[];
  /** Of how many lines one is of this kind, relative to the others. */
  readonly weight: number;
  readonly text: (random: Random) => string;
}

const PATHS = ["/", "/login", "/api/items", "/api/items/4711", "/api/orders", "/static/app.css"];
const UNITS = ["backup.service", "certbot.timer", "nginx.service", "sshd.service"];
const OVENS = ["oven-1", "oven-2", "oven-3"];

const KINDS: readonly LineKind[] = [
  { source: "/var/log/nginx/access.log", tags: ["web"], weight: 12, text: accessLine },
  { source: "/var/log/nginx/error.log", tags: ["web"], weight: 1, text: upstreamError },
  { source: "/var/log/shop/app.log", tags: ["shop", "app"], weight: 5, text: appLine },
  { source: "/var/log/postgresql.log", tags: ["db"], weight: 2, text: databaseLine },
  { source: "/var/log/syslog", tags: ["system"], weight: 3, text: systemLine },
  { source: "plant/ovens", tags: ["plant"], weight: 4, text: ovenLine },
];

const WEIGHTED = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));

/**
 * Log lines as a small shop with a bakery might have them, so that the screens show something: quiet
 * with waves, and a burst of errors in the last sixth.
 *
 * @param span First and last second since 1970.
 * @returns In the order of time; the same for the same seed and span.
 */
export function sampleEvents(
  count: number,
  span: { readonly start: number; readonly end: number },
  seed = 1,
): Event[] {
  const random = new Random(seed);
  const times = Array.from({ length: count }, () => pickTime(random)).sort((a, b) => a - b);
  return times.map((time) => {
    const isBurst = time > 0.86 && time < 0.9 && random.integer(1, 3) > 1;
    const kind = isBurst ? KINDS[random.integer(1, 2)] : random.choice(asChoices(WEIGHTED));
    const { source, tags, text } = kind ?? asChoices(KINDS)[0];
    const timestamp = span.start + time * (span.end - span.start);
    return createEvent({
      id: random.uuid(),
      timestamp,
      source,
      tags,
      content: isBurst ? upstreamError(random) : text(random),
    });
  });
}

/** A place in the span from 0 to 1: waves, and a burst. */
function pickTime(random: Random): number {
  if (random.integer(1, 12) === 1) return 0.86 + 0.04 * fraction(random);
  for (;;) {
    const time = fraction(random);
    if (fraction(random) < 0.6 + 0.4 * Math.sin(19 * time)) return time;
  }
}

function fraction(random: Random): number {
  return random.integer(0, 1_000_000) / 1_000_001;
}

function accessLine(random: Random): string {
  const status = random.integer(1, 20) === 1 ? 404 : 200;
  const host = `192.0.2.${random.integer(1, 250)}`;
  const path = random.choice(asChoices(PATHS));
  return `${host} "GET ${path} HTTP/1.1" ${status} ${random.integer(180, 48_000)} ${
    random.integer(1, 90)
  }ms`;
}

function upstreamError(random: Random): string {
  return `[error] upstream timed out (110) while reading response header, client: 192.0.2.${
    random.integer(1, 250)
  }, upstream: "http://127.0.0.1:8080${random.choice(asChoices(PATHS))}"`;
}

function appLine(random: Random): string {
  const order = random.integer(10_000, 99_999);
  switch (random.integer(1, 6)) {
    case 1:
      return `level=warn msg="slow query" order=${order} took=${random.integer(500, 2_500)}ms`;
    case 2:
      return `level=debug msg="cache miss" key=item:${random.integer(1, 9_999)}`;
    default:
      return `level=info msg="order placed" order=${order} items=${random.integer(1, 9)}`;
  }
}

function databaseLine(random: Random): string {
  return random.integer(1, 5) === 1
    ? `WARNING:  there is already a transaction in progress`
    : `LOG:  checkpoint complete: wrote ${random.integer(10, 900)} buffers`;
}

function systemLine(random: Random): string {
  return `systemd[1]: Finished ${random.choice(asChoices(UNITS))}.`;
}

function ovenLine(random: Random): string {
  return `${random.choice(asChoices(OVENS))} ${(180 + random.integer(0, 600) / 10).toFixed(1)} °C`;
}

function asChoices<T>(items: readonly T[]): readonly [T, ...T[]] {
  const [first, ...others] = items;
  if (first === undefined) throw new Error("Cannot choose from nothing");
  return [first, ...others];
}
