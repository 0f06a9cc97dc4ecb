import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLineLog, readRows } from '../../../src/llm/results/line-log.js';
import { openRunFolder, writeResult } from '../../../src/llm/results/run-folder.js';
import { openEventLog, readEvents } from '../../../src/llm/results/tensorboard.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

describe('an event file of TensorBoard', () => {
  const path = join(folder, 'events');

  it('begins as those that TensorFlow writes, and holds scalars in the protobuf wire format', () => {
    const log = openEventLog(path, -1);
    log.append({ wallTime: 1.5, step: 300, scalars: { 'train/loss': 0.25 } });
    log.close();
    const file = readFileSync(path);
    // Length 24 and its masked CRC-32C stand at the head of every event file; then wall_time 0, file_version.
    expect(file.subarray(0, 12).toString('hex')).toBe('1800000000000000a37f4b22');
    expect(file.subarray(12, 36).toString('latin1')).toBe(`\t${'\0'.repeat(8)}\x1a\x0dbrain.Event:2`);
    const event = file.subarray(40 + 12, -4);
    const expected = [
      ...[0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f], // 1: wall_time 1.5
      ...[0x10, 0xac, 0x02], // 2: step 300
      ...[0x2a, 19, 0x0a, 17], // 5: summary, 1: value
      ...[0x0a, 10, ...Buffer.from('train/loss')], // 1: tag
      ...[0x15, 0, 0, 0x80, 0x3e], // 2: simple_value 0.25
    ];
    expect([...event]).toEqual(expected);
  });

  it('is cut back to a step when it is opened again, together with a record that a kill cut short', () => {
    const log = openEventLog(path, -1);
    for (const step of [1, 2, 3, 4]) log.append({ wallTime: 0, step, scalars: { loss: step } });
    log.close();
    truncateSync(path, readFileSync(path).length - 3);
    expect(readEvents(readFileSync(path)).map(({ step }) => step)).toEqual([1, 2, 3]);
    const again = openEventLog(path, 2);
    again.append({ wallTime: 0, step: 3, scalars: { loss: 33, other: 1 } });
    again.close();
    const events = readEvents(readFileSync(path));
    expect(events.map(({ step, scalars }) => [step, scalars.loss])).toEqual([
      [1, 1],
      [2, 2],
      [3, 33],
    ]);
    expect(events[2].scalars.other).toBe(1);
  });

  it('is read up to the first wrong checksum', () => {
    const file = readFileSync(path);
    file[file.length - 10] ^= 1;
    expect(readEvents(file)).toHaveLength(2);
  });
});

describe('a JSONL log', () => {
  it('is cut back to a step when it is opened again, together with a line that a kill cut short', () => {
    const path = join(folder, 'log.jsonl');
    const log = openLineLog(path, -1);
    for (const step of [1, 2, 3]) log.append({ step, loss: step / 10 });
    log.close();
    appendFileSync(path, '{"step":4,"lo');
    expect(readRows(path)).toHaveLength(3);
    const again = openLineLog(path, 2);
    again.append({ step: 3, loss: 9 });
    again.close();
    expect(readFileSync(path, 'utf8')).toBe('{"step":1,"loss":0.1}\n{"step":2,"loss":0.2}\n{"step":3,"loss":9}\n');
  });
});

describe('the folder of a run', () => {
  it('belongs to the settings it was begun with, and gives back the result of a run that has ended', async () => {
    const path = join(folder, 'run');
    const settings = { lambda: 0.5, data: [1, 2] };
    expect((await openRunFolder(path, { settings, resume: false })).result).toBeUndefined();
    writeFileSync(join(path, 'checkpoint.safetensors.unfinished'), 'half');
    writeFileSync(join(path, 'steps.jsonl.123456'), 'half');
    await expect(openRunFolder(path, { settings, resume: false })).rejects.toThrow(/or --resume to go on/);
    await expect(openRunFolder(path, { settings: { ...settings, data: [1] }, resume: true })).rejects.toThrow(
      /data: got \[1\], expected \[1,2\], as the run in/,
    );
    const begun = await openRunFolder(path, { settings, resume: true });
    expect(() => readFileSync(join(path, 'checkpoint.safetensors.unfinished'))).toThrow(/ENOENT/);
    expect(() => readFileSync(join(path, 'steps.jsonl.123456'))).toThrow(/ENOENT/);
    const dpo = { loss: 1, accuracy: 1, chosenReward: 0, rejectedReward: 0, pairs: 1 };
    const result = { steps: [], final: { sft: { loss: 1, tokens: 1 }, dpo, perExample: [] }, stopped: null };
    await writeResult(begun, result);
    expect((await openRunFolder(path, { settings, resume: true })).result).toEqual(result);
  });
});
