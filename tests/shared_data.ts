/**
 * Reference data that lies beside the repository where the project is developed. Tests that use it
 * also have a small sample of their own, and are marked as ignored where the folder is absent.
 */
const FOLDER = new URL("../../shared/", import.meta.url);

/** Whether the folder is there. */
export const HAS_SHARED: boolean = isDirectory(FOLDER);

/** Reads a reference file of `vectors/`; only call it when {@linkcode HAS_SHARED}. */
export function readVectors<T>(name: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(`vectors/${name}`, FOLDER))) as T;
}

/** The address of a file in the folder. */
export function sharedUrl(path: string): URL {
  return new URL(path, FOLDER);
}

/** Real logs: those of the shared folder, else the small ones of the repository. */
export function realLogs(): { readonly name: string; readonly path: string }[] {
  const folder = HAS_SHARED ? sharedUrl("logs/") : new URL("./data/logs/", import.meta.url);
  return [...Deno.readDirSync(folder)]
    .filter(({ name }) => name.endsWith(".log"))
    .map(({ name }) => ({ name, path: new URL(name, folder).pathname }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

function isDirectory(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}
