import { openAppendLog, type AppendLog } from './append-log.js';

/** Scalars of one step, as TensorBoard shows them: a curve for each tag. */
export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
}

/** An event file that grows while a run goes on. */
export interface EventLog extends Pick<AppendLog, 'mark' | 'close'> {
  append(event: ScalarEvent): void;
}

/** Opens an event file for appending to what it holds. */
export function openEventLog(path: string): EventLog {
  const log = openAppendLog(path);
  if (log.mark().bytes === 0) log.append(record(versionEvent()));
  return {
    ...log,
    append: (event) => {
      log.append(record(scalarEvent(event)));
    },
  };
}

/** A TFRecord: length, its checksum, the data, its checksum (tensorflow/core/lib/io/record_writer.h). */
function record(data: Buffer): Buffer {
  const framed = Buffer.alloc(data.length + 16);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedChecksum(framed.subarray(0, 8)), 8);
  data.copy(framed, 12);
  framed.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return framed;
}

// The messages of tensorflow/core/util/event.proto and framework/summary.proto, in the protobuf wire format.
const wireType = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

function versionEvent(): Buffer {
  return message(double(1, 0), bytes(3, Buffer.from('brain.Event:2')));
}

function scalarEvent({ wallTime, step, scalars }: ScalarEvent): Buffer {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytes(1, message(bytes(1, Buffer.from(tag)), float(2, value))),
  );
  return message(double(1, wallTime), integer(2, step), bytes(5, message(...values)));
}

function message(...fields: Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function key(field: number, type: number): Buffer {
  return varint((field << 3) | type);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([key(field, wireType.varint), varint(value)]);
}

function double(field: number, value: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeDoubleLE(value);
  return Buffer.concat([key(field, wireType.double), data]);
}

function float(field: number, value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return Buffer.concat([key(field, wireType.float), data]);
}

function bytes(field: number, data: Buffer): Buffer {
  return Buffer.concat([key(field, wireType.bytes), varint(data.length), data]);
}

/** A non-negative integer in groups of seven bits, the lowest first. */
function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  while (rest >= 128) {
    groups.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...groups, rest]);
}

/** The scalar events of an event file; a record cut short or with a wrong checksum ends the reading. */
export function readEvents(file: Buffer): ScalarEvent[] {
  return Array.from(records(file)).flatMap(({ event }) => event ?? []);
}

/** The part of an event file before the first event of a later step, or before what cannot be read. */
export function eventsUpTo(file: Buffer, step: number): Buffer {
  let length = 0;
  for (const { event, end } of records(file)) {
    if (event !== undefined && event.step > step) break;
    length = end;
  }
  return file.subarray(0, length);
}

/** The whole records of an event file: the event of each that has scalars, and where it ends. */
function* records(file: Buffer): Iterable<{ readonly event: ScalarEvent | undefined; readonly end: number }> {
  for (let start = 0; start + 16 <= file.length;) {
    const length = Number(file.readBigUInt64LE(start));
    const end = start + 12 + length;
    if (file.readUInt32LE(start + 8) !== maskedChecksum(file.subarray(start, start + 8)) || end + 4 > file.length) {
      return;
    }
    const data = file.subarray(start + 12, end);
    if (file.readUInt32LE(end) !== maskedChecksum(data)) return;
    yield { event: parseEvent(data), end: end + 4 };
    start = end + 4;
  }
}

function parseEvent(data: Buffer): ScalarEvent | undefined {
  const fields = parseMessage(data);
  const summary = fields.get(5)?.[0];
  if (!Buffer.isBuffer(summary)) return undefined;
  const scalars: Record<string, number> = {};
  for (const value of parseMessage(summary).get(1) ?? []) {
    if (!Buffer.isBuffer(value)) continue;
    const parts = parseMessage(value);
    scalars[String(parts.get(1)?.[0])] = Number(parts.get(2)?.[0]);
  }
  return { wallTime: Number(fields.get(1)?.[0] ?? 0), step: Number(fields.get(2)?.[0] ?? 0), scalars };
}

function parseMessage(data: Buffer): Map<number, (number | Buffer)[]> {
  const fields = new Map<number, (number | Buffer)[]>();
  let position = 0;
  const readVarint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const group = data[position++];
      value += (group % 128) * scale;
      scale *= 128;
      if (group < 128) return value;
    }
  };
  const readField = (type: number): number | Buffer => {
    if (type === wireType.varint) return readVarint();
    const length = type === wireType.bytes ? readVarint() : type === wireType.double ? 8 : 4;
    const content = data.subarray(position, position + length);
    position += length;
    if (type === wireType.bytes) return content;
    return type === wireType.double ? content.readDoubleLE() : content.readFloatLE();
  };
  while (position < data.length) {
    const tag = readVarint();
    const field = tag >>> 3;
    fields.set(field, [...(fields.get(field) ?? []), readField(tag & 7)]);
  }
  return fields;
}

/** CRC-32C (Castagnoli), rotated and shifted by a constant as TFRecords have it. */
function maskedChecksum(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ checksumTable[(crc ^ byte) & 0xff];
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const checksumTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
