/**
 * Makes the pictures of the README in `docs/screens/` (or `--out DIR`) anew: the real page in Chromium,
 * tau and query in a real terminal (tmux), with made-up events in a collector of their own.
 *
 * Needs Debian's `chromium`, `tmux`, `pngquant` and `fonts-dejavu-core`: `deno task screens`.
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { Client } from "../lib/client/mod.ts";
import { createEvent } from "../lib/event/mod.ts";
import { Collector } from "../lib/server/collector.ts";
import { MemoryStore } from "../lib/store/memory/memory_store.ts";
import { WEB_ASSETS } from "../lib/web/assets.ts";
import { SOURCE } from "../tests/e2e/program.ts";
import { Tmux } from "../tests/e2e/tau/tmux.ts";
import { startedChromium } from "../tests/web/chromium.ts";
import { sampleEvents } from "../tests/web/sample_events.ts";
import { run } from "./run.ts";
import { terminalPage } from "./screens/terminal_page.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Few enough for a collector in memory, enough for a shape. */
const EVENTS = 40_000;
const SPAN_SECONDS = 6 * 3600;

/** Enough for smooth edges of letters, and a third of the bytes. */
const COLORS = 64;

const VIEWPORT = { width: 1180, height: 640 };

const { values } = parseArgs({
  args: Deno.args,
  options: { out: { type: "string", default: `${ROOT}docs/screens` } },
});

await using store = new MemoryStore();
await using collector = await Collector.listen({ store, port: 0, assets: WEB_ASSETS });
const { port } = collector;
await fill();
const browser = await startedChromium();
try {
  await Deno.mkdir(values.out, { recursive: true });
  await takePage("page-dark", "dark", "#range=1h&content=ERROR%7CWARN");
  await takePage("page-light", "light", "#range=6h");
  await takeTerminal("tau", async (terminal) => {
    await terminal.command("theia tau");
    await terminal.shows("live");
    await terminal.keys("/");
    await terminal.text("timed out|refused|slow");
    await terminal.keys("Enter");
    await terminal.shows("filter: timed out");
  });
  await takeTerminal("query", async (terminal) => {
    await terminal.command("theia query -c 'ERROR|WARN' --tail 8");
    await terminal.shows(/(ERROR|WARN) .*\n\$ *\n/);
    await terminal.command("theia query -a 6h --histogram 30m");
    await terminal.shows(/█.*\n\$ *\n/);
  });
} finally {
  await browser.close();
}

async function fill(): Promise<void> {
  await using client = await Client.connect({ host: "localhost", port });
  const events = sampleEvents(EVENTS, Date.now() / 1000, SPAN_SECONDS);
  await client.send(events.map((event) => createEvent({ content: "", ...event })));
}

/** Takes the page as a person sees it who opened this address and chose an event. */
async function takePage(name: string, scheme: "dark" | "light", hash: string): Promise<void> {
  const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: scheme });
  const page = await context.newPage();
  await page.goto(`http://localhost:${port}/${hash}`);
  await page.locator(".row:not([hidden])").nth(9).waitFor();
  await page.locator("#state", { hasText: "Following" }).waitFor();
  await page.locator(".row:not([hidden])").nth(9).click();
  await save(name, (path) => page.screenshot({ path }));
  await context.close();
}

/** Takes a terminal after something was done in it. */
async function takeTerminal(name: string, act: (terminal: Tmux) => Promise<void>): Promise<void> {
  await using terminal = await Tmux.start({ columns: 112, rows: 28 });
  const program = SOURCE.command.join(" ");
  await terminal.command(`theia() { ${program} -P ${port} "$@"; }; clear`);
  await terminal.shows(/^\$ *\n\n/);
  await act(terminal);
  const page = await browser.newPage();
  await page.setContent(terminalPage(await terminal.screen(true)));
  await save(name, (path) => page.locator("pre").screenshot({ path }));
  await page.close();
}

async function save(name: string, take: (path: string) => Promise<unknown>): Promise<void> {
  const path = `${values.out}/${name}.png`;
  await take(path);
  await run(["pngquant", "--force", "--ext", ".png", `${COLORS}`, path]);
  await Deno.stdout.write(new TextEncoder().encode(`${path}\n`));
}
