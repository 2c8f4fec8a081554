/** What a test is called and whether it is skipped, for a test that needs programs of the system. */
export interface NeedingTest {
  readonly name: string;
  readonly ignore: boolean;
}

/**
 * Names a test that needs programs: where one is not installed, it is ignored and says why.
 *
 * @param programs By their name, with the package of Debian that has them.
 */
export function needing(programs: Readonly<Record<string, string>>, name: string): NeedingTest {
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program));
  if (missing.length === 0) return { name, ignore: false };
  const what = missing.map(([program, pack]) => `${program} (Debian: ${pack})`).join(", ");
  return { name: `${name} (skipped: no ${what})`, ignore: true };
}

function isInstalled(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
