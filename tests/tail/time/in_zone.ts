/** Runs something as if this machine were in another time zone; after it, UTC holds where none was set. */
export function inZone<T>(name: string, run: () => T): T {
  const before = Deno.env.get("TZ");
  Deno.env.set("TZ", name);
  try {
    return run();
  } finally {
    // The runtime looks at the variable only when it is set.
    Deno.env.set("TZ", before ?? "UTC");
    if (before === undefined) Deno.env.delete("TZ");
  }
}
