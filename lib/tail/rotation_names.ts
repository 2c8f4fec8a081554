import { basename, dirname, extname, join } from "node:path";

/** Endings of compressed files that can be read. */
const COMPRESSED = /\.(gz|zst)$/i;

/** What a rotation adds to a name: a number, a date or a time after a separator. */
const ADDED = /[._-]\d[\d._:TZ-]*(?=\.|$)/g;

/** What people call the one before. */
const OLD = /\.(old|bak|prev)$/i;

/**
 * The name that all rotations of a file have in common: `app.log` for `app.log.1`,
 * `app-2024-05-01.log` and `app.log.2.gz`.
 *
 * @example
 * ```ts
 * import { familyOf } from "./rotation_names.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(familyOf("/var/log/app-2024-05-01.log.gz"), "/var/log/app.log");
 * ```
 */
export function familyOf(path: string): string {
  const name = withoutCompression(basename(path)).replace(OLD, "").replace(ADDED, "");
  return join(dirname(path), name);
}

/**
 * Whether a file may be a rotation of what is at another path of its family: `log.1` and `log-2024` of
 * `log`, but `worker-2` not of `worker-1`.
 */
export function mayBeRotation(name: string, path: string): boolean {
  return path === familyOf(path) ||
    (name.startsWith(path) && /^[._-]/.test(name.slice(path.length)));
}

/**
 * What the names of a path's rotations begin with: `app` for `app.log` and for `app.log.1`, but
 * `worker-1` for `worker-1.log`, as `worker-2.log` is no rotation of that.
 */
export function stemOf(path: string): string {
  const name = withoutCompression(basename(path));
  const family = basename(familyOf(path));
  const whole = name.startsWith(family) ? family : name;
  return whole.slice(0, whole.length - extname(whole).length);
}

/** Milliseconds since 1970 of the last change; 0 where the file system does not keep it. */
export function changedAt(info: Deno.FileInfo): number {
  return info.mtime?.getTime() ?? 0;
}

/** True for files whose name says that they are compressed in a way that can be read. */
export function isCompressed(path: string): boolean {
  return COMPRESSED.test(path);
}

/** A name without the ending of a compressed file. */
export function withoutCompression(path: string): string {
  return path.replace(COMPRESSED, "");
}
