/**
 * Checks that imports point down only: the folder order of ARCHITECTURE.md, no cycles, nothing in
 * `lib` that knows tests, benches or tools, and every platform API in the one file that owns it.
 *
 * Run by `deno task ok`. Prints each violation and exits with 1 when there is one.
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What each folder of `lib` may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  event: ["base"],
  store: ["base", "event"],
  wire: ["base", "event"],
  server: ["base", "event", "wire", "store"],
  client: ["base", "event", "wire"],
  tail: ["base", "event"],
  hat: ["base", "event"],
  web: [],
  cli: ["base", "event", "store", "wire", "server", "client", "tail", "hat", "web"],
};

/** Folders that see of `lib/store` only the port. */
const PORT_ONLY: readonly string[] = ["server"];

const PORT = "lib/store/store.ts";

/** The files that may use a platform API; everybody else goes through them. */
const OWNERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\bDeno\.serve\(/, ["lib/base/http_listener.ts"]],
  [/\bDeno\.upgradeWebSocket\(/, ["lib/server/socket_server.ts"]],
  [
    /\bDeno\.(connect|connectTls|startTls)\(/,
    ["lib/client/socket/dial.ts", "lib/hat/chatter/sockets.ts"],
  ],
  [/\bDeno\.(listen|listenTls)\(/, ["lib/hat/chatter/sockets.ts"]],
  [/\bDeno\.watchFs\(/, ["lib/tail/watch_hint.ts"]],
  [/\bDeno\.(stdin\.setRaw|kill)\(/, ["lib/cli/screen/terminal_device.ts"]],
  [/from "node:sqlite"/, [
    "lib/store/sqlite/database.ts",
    "lib/hat/backends/sqlite/database.ts",
    "lib/base/file_lock.ts",
  ]],
  [/\bnew Worker\(/, ["lib/base/worker_thread.ts"]],
  [/from "node:vm"/, ["lib/base/deadline.ts", "lib/base/garbage.ts"]],
  [/from "node:v8"/, ["lib/base/garbage.ts"]],
  [/\bfetch\(/, ["lib/store/clickhouse/http.ts", "lib/client/counts.ts"]],
  [/\bDeno\.createHttpClient\(/, ["lib/client/trust.ts", "lib/store/clickhouse/http.ts"]],
];

const IMPORT = /^\s*(?:import|export)\b[^"';]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"/gm;

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(`${ROOT}/${folder}`)) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? "")
    .map((target) =>
      target.startsWith(".")
        ? relative(ROOT, fileURLToPath(new URL(target, `file://${ROOT}/${path}`)))
        : target
    );
}

function folderOf(path: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(path)?.[1];
}

function checkImport(path: string, target: string): string | undefined {
  const folder = folderOf(path);
  if (/^(npm:|jsr:|https?:)/.test(target)) return `${path}: imports '${target}' from outside`;
  if (folder === undefined) return undefined;
  if (/^(tests|bench|tools)\//.test(target)) return `${path}: imports '${target}'`;
  const other = folderOf(target);
  if (other === undefined) {
    const isAllowed = target.startsWith("node:") ||
      (path === "lib/base/version.ts" && target === "deno.json");
    return isAllowed ? undefined : `${path}: imports '${target}', which is above lib`;
  }
  if (other === folder) return undefined;
  if (!(MAY_IMPORT[folder] ?? []).includes(other)) {
    return `${path}: '${folder}' may not import '${other}'`;
  }
  if (PORT_ONLY.includes(folder) && other === "store" && target !== PORT) {
    return `${path}: of the stores only '${PORT}' may be imported, not '${target}'`;
  }
  return undefined;
}

function checkOwners(path: string, text: string): string[] {
  const code = text.replace(/^\s*(\*|\/\*|\/\/).*$/gm, "");
  return OWNERS
    .filter(([api, owners]) => path.startsWith("lib/") && api.test(code) && !owners.includes(path))
    .map(([api, owners]) => `${path}: ${api} belongs to ${owners.join(", ")}`);
}

function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  function visit(path: string, trail: readonly string[]): void {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`);
      return;
    }
    state.set(path, "open");
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, "done");
  }
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

async function main(): Promise<number> {
  const graph = new Map<string, readonly string[]>();
  const problems: string[] = [];
  const roots = ["mod.ts", "collector.ts", "watcher.ts", "query.ts"];
  for await (const path of sourceFiles("lib")) roots.push(path);
  for (const path of roots) {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    const targets = importsOf(path, text);
    graph.set(path, targets);
    problems.push(...targets.flatMap((target) => checkImport(path, target) ?? []));
    problems.push(...checkOwners(path, text));
  }
  problems.push(...findCycles(graph));
  const report = problems.length === 0
    ? `imports: ${graph.size} files, all point down\n`
    : problems.map((problem) => `${problem}\n`).join("");
  await Deno.stdout.write(new TextEncoder().encode(report));
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
