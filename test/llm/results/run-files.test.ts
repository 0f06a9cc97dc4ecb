import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/base/digest.js';
import { InputError } from '../../../src/base/input-error.js';
import { openLineLog, readRows } from '../../../src/llm/results/line-log.js';
import { copyClockFiles } from '../../../src/llm/results/run-files.js';
import { openRunFolder, type RunResult } from '../../../src/llm/results/run-folder.js';
import { eventsUpTo, openEventLog, readEvents } from '../../../src/llm/results/tensorboard.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

describe('an event file of TensorBoard', () => {
  const path = join(folder, 'events');

  it('begins as those that TensorFlow writes, and holds scalars in the protobuf wire format', () => {
    const log = openEventLog(path);
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

  it('goes on where it ends, and a record that a kill cut short is passed over', () => {
    const log = openEventLog(path);
    log.append({ wallTime: 0, step: 301, scalars: { loss: 33, other: 1 } });
    expect(log.mark().bytes).toBe(readFileSync(path).length);
    log.append({ wallTime: 0, step: 302, scalars: { loss: 34 } });
    log.close();
    const events = readEvents(readFileSync(path));
    expect(events.map(({ step }) => step)).toEqual([300, 301, 302]);
    expect(events[1].scalars.other).toBe(1);
    const earlier = eventsUpTo(readFileSync(path), 301);
    expect(readEvents(earlier).map(({ step }) => step)).toEqual([300, 301]);
    expect(earlier.equals(readFileSync(path).subarray(0, earlier.length))).toBe(true);
    truncateSync(path, readFileSync(path).length - 3);
    expect(readEvents(readFileSync(path)).map(({ step }) => step)).toEqual([300, 301]);
    truncateSync(path, 0);
    const again = openEventLog(path);
    for (const step of [1, 2, 3]) again.append({ wallTime: 0, step, scalars: { loss: step } });
    again.close();
  });

  it('is read up to the first wrong checksum', () => {
    const file = readFileSync(path);
    file[file.length - 10] ^= 1;
    expect(readEvents(file)).toHaveLength(2);
  });
});

describe('a JSONL log', () => {
  const path = join(folder, 'log.jsonl');

  it('goes on where it ends, says how far it has come, and a line cut short by a kill is passed over', () => {
    for (const steps of [[1, 2], [3]]) {
      const log = openLineLog(path);
      for (const step of steps) log.append({ step, loss: step / 10 });
      const content = readFileSync(path);
      expect(log.mark()).toEqual({ bytes: content.length, sha256: digestOf(content) });
      log.close();
    }
    appendFileSync(path, '{"step":4,"lo');
    expect(readRows(path)).toEqual([1, 2, 3].map((step) => ({ step, loss: step / 10 })));
  });

  it.each([
    ['null', 'got null, expected a JSON object'],
    ['{"step":-1}', 'step: got -1, expected a number ≥ 0'],
    ['{"loss":1}', 'step: got nothing, expected a number'],
    ['{"step"', 'expected a JSON object on one line'],
  ])('is refused by line where it is damaged: %s', (line, message) => {
    const damaged = join(folder, 'damaged.jsonl');
    writeFileSync(damaged, `{"step":1}\n${line}\n`);
    expect(() => readRows(damaged)).toThrow(`${damaged}:2: `);
    expect(() => readRows(damaged)).toThrow(message);
  });
});

describe('the folder of a run', () => {
  const path = join(folder, 'run');
  const settings = { lambda: 0.5, data: [1, 2] };
  const open = (resume: boolean, changes: object = {}) =>
    openRunFolder(path, { settings: { ...settings, ...changes }, resume });
  const dpo = { loss: 1, accuracy: 1, chosenReward: 0, rejectedReward: 0, pairs: 1 };
  const result: RunResult = {
    steps: [{ choice: 'sft', loss: 2 }],
    final: { sft: { loss: 1, tokens: 1 }, dpo, perExample: [] },
    stopped: null,
  };

  it('is that of an attempt until the end; a later attempt takes over, and the earlier one notices', async () => {
    const first = await open(false);
    expect([first.result, first.attempt]).toEqual([undefined, `${path}.attempt-1`]);
    first.requireOwn();
    await expect(open(false)).rejects.toThrow(/or --resume to continue/);
    await expect(open(true, { data: [1] })).rejects.toThrow(/data: got \[1\], expected \[1,2\], as the run in/);
    first.requireOwn();
    const second = await open(true);
    expect(second.attempt).toBe(`${path}.attempt-2`);
    expect(() => {
      first.requireOwn();
    }).toThrow('another process has taken it over');
    await expect(first.finish(result)).rejects.toThrow(InputError);
    writeFileSync(join(second.attempt, 'steps.jsonl'), '{"step":1}\n');
    writeFileSync(join(second.attempt, 'timing.jsonl'), '{"step":1,"seconds":1}\n');
    await second.finish(result);
    expect((await open(true)).result).toEqual(result);
    expect(readdirSync(folder).filter((name) => name.startsWith('run'))).toEqual(['run']);
    const list = JSON.parse(readFileSync(join(path, 'contents.json'), 'utf8')) as { files: { name: string }[] };
    expect(list.files.map(({ name }) => name)).toEqual(['result.json', 'settings.json', 'steps.jsonl']);
  });

  const files = [
    'result.json',
    'settings.json',
    'steps.jsonl',
    'timing.jsonl',
    'contents.json',
    'contents-timing.json',
  ];
  const damages: Readonly<Record<string, (path: string, whole: Buffer) => void>> = {
    emptied: (file) => {
      writeFileSync(file, '');
    },
    halved: (file, whole) => {
      writeFileSync(file, whole.subarray(0, whole.length >> 1));
    },
    null: (file) => {
      writeFileSync(file, 'null');
    },
    flipped: (file, whole) => {
      writeFileSync(
        file,
        whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 1 : byte)),
      );
    },
    gone: (file) => {
      rmSync(file);
    },
    folder: (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  };
  it.each(files.flatMap((file) => Object.keys(damages).map((damage) => [file, damage] as const)))(
    'is refused with the file where it is damaged at its end: %s %s',
    async (name, damage) => {
      const file = join(path, name);
      const whole = readFileSync(file);
      damages[damage](file, whole);
      try {
        await expect(open(true)).rejects.toThrow(InputError);
      } finally {
        rmSync(file, { recursive: true, force: true });
        writeFileSync(file, whole);
      }
      expect((await open(true)).result).toEqual(result);
    },
  );

  it('is refused where its list no longer vouches for a file that is there', async () => {
    const list = join(path, 'contents.json');
    const whole = readFileSync(list);
    writeFileSync(list, '{"files":[]}\n');
    await expect(open(true)).rejects.toThrow(`${list}: got "a list without it", expected result.json in it`);
    writeFileSync(list, whole);
    expect((await open(true)).result).toEqual(result);
  });

  it('is not taken over where it has lost its settings: a checkpoint alone does not say of which run it is', async () => {
    const lost = join(folder, 'lost');
    const { attempt } = await openRunFolder(lost, { settings, resume: false });
    writeFileSync(join(attempt, 'checkpoint.safetensors'), '');
    rmSync(join(attempt, 'settings.json'));
    const again = openRunFolder(lost, { settings: { ...settings, other: 1 }, resume: true });
    await expect(again).rejects.toThrow(`${join(attempt, 'settings.json')}: got "no such file"`);
    expect(readdirSync(folder).filter((name) => name.startsWith('lost'))).toEqual(['lost.attempt-1']);
  });

  it.each(['a folder', 'a dangling link', 'a circular link'])(
    'with %s in the place of its checkpoint',
    async (what) => {
      const damaged = join(folder, what.replaceAll(' ', '-'));
      const { attempt } = await openRunFolder(damaged, { settings, resume: false });
      const checkpoint = join(attempt, 'checkpoint.safetensors');
      if (what === 'a folder') {
        mkdirSync(checkpoint);
        const refused = `${checkpoint}: got "no file", expected the checkpoint of a run`;
        await expect(openRunFolder(damaged, { settings, resume: true })).rejects.toThrow(refused);
        // What was there is there still, and nothing else.
        expect(readdirSync(folder).filter((name) => name.startsWith(basename(damaged)))).toEqual([basename(attempt)]);
      } else {
        // As without a checkpoint: the run begins anew.
        symlinkSync(what === 'a circular link' ? checkpoint : join(folder, 'nowhere'), checkpoint);
        const again = await openRunFolder(damaged, { settings, resume: true });
        expect(readdirSync(again.attempt)).toEqual(['settings.json']);
      }
    },
  );

  it('is taken over with the times of every step, which have to be those', async () => {
    const [source, own] = [join(folder, 'source'), join(folder, 'own')];
    mkdirSync(source);
    mkdirSync(own);
    const row = (step: unknown): string =>
      JSON.stringify({ step, seconds: 0.5, processBytes: 1, tensorBytes: 1, node: 'a' });
    const take = async (lines: readonly string[]): Promise<string> => {
      writeFileSync(join(source, 'timing.jsonl'), lines.map((line) => `${line}\n`).join(''));
      await copyClockFiles(source, own, 2);
      return readFileSync(join(own, 'timing.jsonl'), 'utf8');
    };
    expect(await take([row(1), row(2), '{"ste'])).toBe(`${row(1)}\n${row(2)}\n`);
    await expect(take([row(1)])).rejects.toThrow('timing.jsonl: got "1 lines", expected at least 2');
    await expect(take([row(1), row(1)])).rejects.toThrow('timing.jsonl:2: step: got 1, expected 2');
    await expect(take([row(1), 'null'])).rejects.toThrow('timing.jsonl:2: got null');
    await expect(take([row(1), row('2')])).rejects.toThrow('timing.jsonl:2: step: got "2", expected');
  });

  it('has to be free for a run', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    expect((await openRunFolder(other, { settings, resume: false })).attempt).toBe(`${other}.attempt-1`);
    const full = join(folder, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'x'), '');
    const file = join(full, 'x');
    for (const taken of [full, file]) {
      await expect(openRunFolder(taken, { settings, resume: true })).rejects.toThrow('expected an empty folder');
    }
  });
});
