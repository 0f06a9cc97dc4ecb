import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/base/folder.js';
import { InputError } from '../../src/base/input-error.js';
import { parseJson } from '../../src/base/json-file.js';
import { readKept, writeKept } from '../../src/base/kept-file.js';
import { readText } from '../../src/base/read-whole.js';
import { writeInPieces, writeWhole } from '../../src/base/whole-file.js';
import { temporaryFolder } from '../temporary-folder.js';
import { openFile } from '../../src/llm/weights/read-file.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('a text', () => {
  it('is read without the byte order mark that it begins with, and with any other', () => {
    writeFileSync(at('mark.json'), '\uFEFF{"θ": "\uFEFF"}');
    expect(parseJson(at('mark.json'))).toEqual({ θ: '\uFEFF' });
  });

  it('is refused by line where its bytes are not UTF-8, of which Node would make U+FFFD', () => {
    // Two names of Latin-1 that would be one.
    writeFileSync(at('latin.json'), Buffer.from('{"\u00e9": 1,\n"\u00e8": 2}', 'latin1'));
    expect(() => parseJson(at('latin.json'))).toThrow('latin.json:1: got "bytes that are not UTF-8"');
    writeFileSync(at('cut'), Buffer.concat([Buffer.from('θ\n'), Buffer.from('θ').subarray(0, 1)]));
    expect(() => readText(at('cut'))).toThrow('cut:2: got "bytes that are not UTF-8", expected text in UTF-8');
  });
});

describe('a file written whole', () => {
  it('takes the place of one that is there, with its mode, and makes the folder it needs', async () => {
    const path = at('a/b/file');
    await writeWhole(path, 'one');
    chmodSync(path, 0o600);
    await writeWhole(path, 'two');
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['two', 0o600]);
    expect(readdirSync(at('a/b'))).toEqual(['file']);
  });

  it('stays as it was where writing fails on the way', async () => {
    const path = at('kept');
    await writeWhole(path, 'old');
    const failing = writeInPieces(path, (write) => {
      write(Buffer.from('new'));
      throw new InputError('x', 1, 'y');
    });
    await expect(failing).rejects.toThrow('x: got 1');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder).filter((name) => name.startsWith('kept'))).toEqual(['kept']);
  });

  it('is written where a link leads, to something or to nothing, and the link stays', async () => {
    writeFileSync(at('target'), 'old');
    symlinkSync('target', at('link'));
    symlinkSync('nothing-yet', at('dangling'));
    await writeWhole(at('link'), 'through');
    await writeWhole(at('dangling'), 'made');
    for (const name of ['link', 'dangling']) expect(lstatSync(at(name)).isSymbolicLink()).toBe(true);
    expect(['target', 'nothing-yet'].map((name) => readFileSync(at(name), 'utf8'))).toEqual(['through', 'made']);
  });

  it('goes through a FIFO to its reader, and through a device, which stay what they are', async () => {
    execFileSync('mkfifo', [at('out.fifo')]);
    const reader = spawn('cat', [at('out.fifo')], { stdio: ['ignore', 'pipe', 'ignore'] });
    const came = new Promise<string>((resolve) => {
      let text = '';
      reader.stdout.on('data', (data: Buffer) => (text += data.toString()));
      reader.on('close', () => {
        resolve(text);
      });
    });
    // cat opens the FIFO in its own time, which the writer waits for.
    await writeWhole(at('out.fifo'), 'x'.repeat(1000));
    expect(await came).toBe('x'.repeat(1000));
    expect(lstatSync(at('out.fifo')).isFIFO()).toBe(true);
    await writeWhole('/dev/null', 'gone');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.each([
    ['/dev/full', '/dev/full: got "a full disk"'],
    ['folder', 'folder: got "a folder"'],
    ['circle', 'circle: got "links that lead in a circle"'],
    ['n'.repeat(300), 'got "a name that is too long"'],
    ['file-in-way/under', 'got "something that is not a folder"'],
    ['/proc/none/file', '/proc/none: got "no such file"'],
  ])('is refused at %s', async (name, message) => {
    mkdirSync(at('folder'), { recursive: true });
    if (!existsSync(at('file-in-way'))) writeFileSync(at('file-in-way'), '');
    if (lstatSync(at('circle'), { throwIfNoEntry: false }) === undefined) symlinkSync('circle', at('circle'));
    const written = writeWhole(name.startsWith('/') ? name : at(name), 'text');
    await expect(written).rejects.toThrow(InputError);
    await expect(written).rejects.toThrow(message);
  });
});

describe('a file read whole', () => {
  it('may be a FIFO with a writer, however long it takes', () => {
    execFileSync('mkfifo', [at('in.fifo')]);
    spawn('sh', ['-c', `(sleep 0.3; echo one; sleep 0.3; echo two) > ${at('in.fifo')}`], { stdio: 'ignore' });
    expect(readText(at('in.fifo'))).toBe('one\ntwo\n');
  });

  it('is refused where it is a FIFO that nobody writes to, after five seconds', () => {
    execFileSync('mkfifo', [at('no-writer.fifo')]);
    const began = performance.now();
    expect(() => readText(at('no-writer.fifo'))).toThrow('got "a FIFO that nobody writes to"');
    expect(performance.now() - began).toBeGreaterThan(4900);
  });

  it('is refused at once where it is to be read at any position and is a FIFO', () => {
    expect(() => openFile(at('no-writer.fifo'))).toThrow('got "a FIFO or a device"');
  });

  it.each(['absent', '.', 'circle'])('is refused where it is none: %s', (name) => {
    expect(() => readText(at(name))).toThrow(InputError);
  });
});

it('a folder below what is no folder, or below /proc, is refused at once', () => {
  writeFileSync(at('plain'), '');
  expect(() => {
    makeFolder(at('plain/x/y'));
  }).toThrow(InputError);
  expect(() => {
    makeFolder('/proc/absent/x');
  }).toThrow(InputError);
});

describe('a JSON file', () => {
  const read = (text: string): unknown => {
    const path = join(folder, 'fields.json');
    writeFileSync(path, text);
    return parseJson(path);
  };

  it.each([
    ['{"radius": 5, "start": [0], "radius": 1}', 'radius'],
    ['{"a": [{"b": 1, "c": {"b": 2}, "b" : 3}]}', 'b'],
    [String.raw`{"a": "x", "\u0061": 2}`, 'a'],
  ])('that gives a field twice is refused: %s', (text, name) => {
    expect(() => read(text)).toThrow(`fields.json: ${name}: got "a second value", expected every field once`);
  });

  it('may have a field again in another object, and names and quotes inside texts', () => {
    const value = { a: [{ b: 1 }, { b: 2 }], b: '"a": {', 'c"d': { a: '\\' }, e: ['a', 'a'] };
    expect(read(JSON.stringify(value, null, 2))).toEqual(value);
  });
});

describe('a kept text', () => {
  const path = at('kept.json');
  const text = JSON.stringify({ a: [1, 2] });

  it('comes back', async () => {
    await writeKept(path, text);
    expect(readKept(path)).toBe(text);
  });

  it.each(['', 'null', '{}', 'halved', 'flipped', 'folder', 'link in a circle', 'link to nothing', 'FIFO'])(
    'counts as none where the file is damaged: %s',
    async (damage) => {
      await writeKept(path, text);
      const whole = readFileSync(path);
      if (damage === 'folder') {
        rmSync(path);
        mkdirSync(path);
        writeFileSync(join(path, 'inside'), '');
      } else if (damage.startsWith('link')) {
        rmSync(path);
        symlinkSync(damage === 'link to nothing' ? at('none/there') : path, path);
      } else if (damage === 'FIFO') {
        rmSync(path);
        execFileSync('mkfifo', [path]);
      } else if (damage === 'halved') writeFileSync(path, whole.subarray(0, whole.length / 2));
      else if (damage === 'flipped') {
        whole[whole.length - 4] ^= 1;
        writeFileSync(path, whole);
      } else writeFileSync(path, damage);
      expect(readKept(path)).toBeUndefined();
      await writeKept(path, text);
      expect(readKept(path)).toBe(text);
    },
  );
});
