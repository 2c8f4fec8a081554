import { join } from "node:path";

/** A directory of its own for a test, gone after it. */
export class TempDirectory implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<TempDirectory> {
    return new TempDirectory(await Deno.makeTempDir({ prefix: "theia-e2e-" }));
  }

  /** The path of something in it. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
