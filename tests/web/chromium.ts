// deno-lint-ignore no-import-prefix -- tests alone use it, and nothing else of it
import { type Browser, chromium } from "npm:playwright-core@1.56.1";

export type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  CDPSession,
  Locator,
  Page,
} from "npm:playwright-core@1.56.1";

/** Where Debian's package has it, and other systems. */
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const PROGRAM = PROGRAMS.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

if (PROGRAM === undefined) {
  const text = `skipped: no chromium in ${PROGRAMS.join(", ")} (Debian: chromium)\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

let browser: Promise<Browser> | undefined;

/** The browser of this file's tests. */
export async function startedChromium(): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-dev-shm-usage"];
  browser ??= chromium.launch({ executablePath: PROGRAM ?? "chromium", args });
  return await browser;
}

Deno.test.afterAll(async () => {
  const started = await browser;
  await started?.close();
});

/** A test that needs a browser, which has many things open of its own. */
export function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: PROGRAM === undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    fn,
  });
}
