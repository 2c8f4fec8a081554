import { HAS_SHARED, readVectors } from "../shared_data.ts";

/**
 * Tests with a sample of our own and, where it lies beside the repository, with the reference data.
 *
 * @param name What is tested.
 * @param file The reference file without `hat-` and `.json`.
 * @param sample Data of the same form.
 */
export function testVectors<T>(
  name: string,
  file: string,
  sample: T,
  check: (vectors: T) => void,
): void {
  Deno.test(`${name}: sample`, () => check(sample));
  Deno.test({
    name: `${name}: vectors${HAS_SHARED ? "" : " (skipped: no ../shared)"}`,
    ignore: !HAS_SHARED,
    fn() {
      const content = readVectors<Readonly<Record<string, T>>>(`hat-${file}.json`);
      check(content[file.replaceAll("-", "_")] as T);
    },
  });
}

/** The number that a vector gives as eight bytes in hexadecimal digits. */
export function floatOf(hex: string): number {
  return new DataView(Uint8Array.fromHex(hex).buffer).getFloat64(0);
}
