import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { Fault } from "./sbs_error.ts";
import { describeValue, type SbsChoice, type SbsRecord, type SbsValue } from "./value.ts";

/** Writes and reads the values of one type. */
export interface Coder {
  readonly write: (writer: ByteWriter, value: SbsValue) => void;
  readonly read: (reader: ByteReader) => SbsValue;
  /** How few bytes a value can take, or less. */
  readonly leastBytes: () => number;
  /** Replaces the coders of its parts by what they stand for, when all types are known. */
  readonly link?: (targetOf: (coder: Coder) => Coder) => void;
}

/** A named part of a record or choice. */
export interface CoderEntry {
  readonly name: string;
  readonly coder: Coder;
}

function unfit(expected: string, value: unknown): Fault {
  return new Fault(`expected ${expected}, found ${describeValue(value)}`);
}

const ONE_BYTE = () => 1;

/** The types that take no arguments. */
export const SIMPLE_CODERS: ReadonlyMap<string, Coder> = new Map<string, Coder>([
  ["None", {
    write(_writer, value) {
      if (value !== null) throw unfit("null", value);
    },
    read: () => null,
    leastBytes: () => 0,
  }],
  ["Boolean", {
    write(writer, value) {
      if (typeof value !== "boolean") throw unfit("a boolean", value);
      writer.byte(value ? 1 : 0);
    },
    read: (reader) => reader.boolean(),
    leastBytes: ONE_BYTE,
  }],
  ["Integer", {
    write(writer, value) {
      if (Number.isSafeInteger(value)) writer.integer(value as number);
      else if (typeof value === "bigint") writer.longInteger(value);
      else throw unfit("a safe integer or a bigint", value);
    },
    read: (reader) => reader.integer(),
    leastBytes: ONE_BYTE,
  }],
  ["Float", {
    write(writer, value) {
      if (typeof value !== "number") throw unfit("a number", value);
      writer.float(value);
    },
    read: (reader) => reader.float(),
    leastBytes: () => 8,
  }],
  ["String", {
    write(writer, value) {
      if (typeof value !== "string") throw unfit("a string", value);
      writer.text(value);
    },
    read: (reader) => reader.text(),
    leastBytes: ONE_BYTE,
  }],
  ["Bytes", {
    write(writer, value) {
      if (!(value instanceof Uint8Array)) throw unfit("a Uint8Array", value);
      writer.integer(value.length);
      writer.raw(value);
    },
    read: (reader) => reader.bytes(),
    leastBytes: ONE_BYTE,
  }],
]);

/** Arrays of a type. */
export function arrayCoder(of: Coder): Coder {
  let element = of;
  return {
    link: (targetOf) => element = targetOf(element),
    write(writer, value) {
      if (!Array.isArray(value)) throw unfit("an array", value);
      writer.enter();
      writer.integer(value.length);
      let i = 0;
      try {
        for (; i < value.length; i++) element.write(writer, value[i] as SbsValue);
      } catch (error) {
        throw Fault.within(error, i);
      }
      writer.leave();
    },
    read(reader) {
      reader.enter();
      const count = reader.count(of.leastBytes());
      const values: SbsValue[] = [];
      try {
        for (let i = 0; i < count; i++) values.push(element.read(reader));
      } catch (error) {
        throw Fault.within(error, values.length);
      }
      reader.leave();
      return values;
    },
    leastBytes: ONE_BYTE,
  };
}

/** Records with these entries. */
export function recordCoder(entries: readonly CoderEntry[]): Coder {
  const names = entries.map(({ name }) => name);
  let coders = entries.map(({ coder }) => coder);
  return {
    link: (targetOf) => coders = coders.map(targetOf),
    write(writer, value) {
      if (typeof value !== "object" || value === null) throw unfit("an object", value);
      writer.enter();
      let i = 0;
      try {
        for (; i < coders.length; i++) {
          (coders[i] as Coder).write(writer, (value as SbsRecord)[names[i] as string] as SbsValue);
        }
      } catch (error) {
        throw Fault.within(error, names[i] as string);
      }
      writer.leave();
    },
    read(reader) {
      reader.enter();
      const record: { [name: string]: SbsValue } = {};
      let i = 0;
      try {
        for (; i < coders.length; i++) {
          record[names[i] as string] = (coders[i] as Coder).read(reader);
        }
      } catch (error) {
        throw Fault.within(error, names[i] as string);
      }
      reader.leave();
      return record;
    },
    leastBytes: () => entries.reduce((sum, { coder }) => sum + coder.leastBytes(), 0),
  };
}

/** Choices of one of these entries. */
export function choiceCoder(choices: readonly CoderEntry[]): Coder {
  let entries = choices;
  const none = SIMPLE_CODERS.get("None");
  // Choices without a value are all the same object: most absent values are such.
  const plain = choices.map(({ name, coder }) =>
    coder === none ? Object.freeze({ name, value: null }) : undefined
  );
  const indexes = new Map(entries.map(({ name }, i) => [name, i]));
  const names = () => entries.map(({ name }) => `'${name}'`).join(", ");
  return {
    link: (targetOf) => {
      entries = entries.map(({ name, coder }) => ({ name, coder: targetOf(coder) }));
    },
    write(writer, value) {
      if (typeof value !== "object" || value === null) {
        throw unfit("an object with name and value", value);
      }
      const choice = value as SbsChoice;
      const index = indexes.get(choice.name);
      if (index === undefined) throw unfit(`name to be one of ${names()}`, choice.name);
      const { name, coder } = entries[index] as CoderEntry;
      writer.enter();
      writer.integer(index);
      try {
        coder.write(writer, choice.value);
      } catch (error) {
        throw Fault.within(error, name);
      }
      writer.leave();
    },
    read(reader) {
      const index = reader.index(entries.length);
      const choice = plain[index];
      if (choice !== undefined) return choice;
      reader.enter();
      const { name, coder } = entries[index] as CoderEntry;
      try {
        const value = coder.read(reader);
        reader.leave();
        return { name, value };
      } catch (error) {
        throw Fault.within(error, name);
      }
    },
    leastBytes: ONE_BYTE,
  };
}
