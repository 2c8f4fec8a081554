/** A program of the system that tests use where it is installed. */
export interface Tool {
  readonly name: string;
  /** Whether it is not there. */
  readonly isMissing: boolean;
  /** What is put behind the name of a test that is skipped without it. */
  readonly note: string;
}

/** Looks for a program. @param args With which it starts and ends at once. */
export async function findTool(name: string, ...args: readonly string[]): Promise<Tool> {
  const isMissing = !await starts(name, args);
  return { name, isMissing, note: isMissing ? ` (skipped: no ${name})` : "" };
}

async function starts(name: string, args: readonly string[]): Promise<boolean> {
  try {
    await new Deno.Command(name, { args: [...args], stdin: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
