import { join } from "node:path";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Certificates made by `openssl`, in a directory of their own. */
export class Certificates implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Undefined where there is no `openssl`. */
  static async make(): Promise<Certificates | undefined> {
    try {
      await new Deno.Command("openssl", { args: ["version"], stdout: "null" }).output();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    return new Certificates(await Deno.makeTempDir({ prefix: "theia-certificates-" }));
  }

  /** The path of a file. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  /** The text of a file. */
  read(name: string): string {
    return Deno.readTextFileSync(this.path(name));
  }

  /** Makes an authority: `<name>.pem`, `<name>.key`. */
  async makeAuthority(name: string): Promise<void> {
    await this.#run(
      ...["req", "-x509", ...KEY, "-days", "2", "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
      ...["-addext", "basicConstraints=critical,CA:TRUE"],
    );
  }

  /**
   * Makes a certificate that an authority signs: `<name>.pem`, `<name>.key`.
   *
   * @param hosts As openssl writes them, such as `DNS:localhost`.
   */
  async makeServer(name: string, authority: string, hosts: string, days = 2): Promise<void> {
    await this.#run(
      ...["req", ...KEY, "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    );
    const extensions = `subjectAltName=${hosts}\nbasicConstraints=CA:FALSE\n`;
    await Deno.writeTextFile(this.path(`${name}.ext`), extensions);
    await this.#run(
      ...["x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, "-days", `${days}`],
      ...["-CA", `${authority}.pem`, "-CAkey", `${authority}.key`, "-CAcreateserial"],
      ...["-extfile", `${name}.ext`],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #run(...args: string[]): Promise<void> {
    const command = new Deno.Command("openssl", {
      args,
      cwd: this.#directory,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** Runs a test with certificates; where there is no `openssl` it prints that it is skipped. */
export function testWithCertificates(
  name: string,
  run: (certificates: Certificates) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using certificates = await Certificates.make();
    if (certificates === undefined) {
      const text = `skipped: '${name}' needs openssl\n`;
      Deno.stderr.writeSync(new TextEncoder().encode(text));
      return;
    }
    await run(certificates);
  });
}
