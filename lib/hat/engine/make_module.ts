import type { Engine } from "./engine.ts";
import type { EngineNotice } from "./engine_notice.ts";
import type { Module, ModuleFactory } from "./module.ts";
import type { Source } from "./source.ts";

/** What {@linkcode makeModule} works with. */
export interface ModuleMaking {
  readonly factory: ModuleFactory;
  readonly engine: Engine;
  readonly source: Source;
  /** How long it may take. */
  readonly timeoutMs: number;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
  readonly observer: (notice: EngineNotice) => void;
}

/**
 * Makes a module, or gives it up. One that comes after that is disposed of at once.
 *
 * @throws {Error} When it takes too long.
 * @throws What the factory throws; the reason of the signal.
 */
export async function makeModule(making: ModuleMaking): Promise<Module> {
  const { factory, engine, source, timeoutMs, signal } = making;
  signal?.throwIfAborted();
  const made = Promise.resolve(factory.create(engine, source));
  const givenUp = Promise.withResolvers<never>();
  const abort = () => givenUp.reject(signal?.reason);
  const timer = setTimeout(() => givenUp.reject(tooLate(factory.name, timeoutMs)), timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  let isGivenUp = false;
  givenUp.promise.catch(() => isGivenUp = true);
  try {
    return await Promise.race([made, givenUp.promise]);
  } catch (error) {
    if (isGivenUp) void disposeLate(made, making);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function tooLate(name: string, timeoutMs: number): Error {
  return new Error(
    `Cannot start module '${name}' as it must be made within 'moduleTimeoutMs': ` +
      `current value is ${timeoutMs}`,
  );
}

async function disposeLate(
  made: Promise<Module>,
  { factory: { name: module }, observer }: ModuleMaking,
): Promise<void> {
  try {
    await (await made)[Symbol.asyncDispose]?.();
  } catch (error) {
    observer({ kind: "module-failed", module, call: "dispose", error });
  }
}
