import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { statusOf } from '../../src/cluster/status.js';
import { writeContents } from '../../src/llm/results/contents.js';
import { experimentWork } from '../../src/study/work.js';
import { temporaryFolder } from '../temporary-folder.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('looks into finished runs, and names the file that is not as it was written', async () => {
  const out = temporaryFolder();
  const at = (name: string): string => join(out, name);
  const names = ['whole', 'altered', 'short', 'gone', 'unlisted', 'copied'];
  const runs = names.map((name, i) => ({ number: i + 1, stage: 'runs', name, folder: at(name), steps: 1 }));
  for (const { folder } of runs) {
    mkdirSync(join(folder, 'model'), { recursive: true });
    for (const name of ['result.json', 'settings.json', 'model/weights'])
      writeFileSync(join(folder, name), 'as written');
    await writeContents(folder);
  }
  writeFileSync(at('altered/result.json'), 'as_written');
  writeFileSync(at('short/model/weights'), 'as writ');
  rmSync(at('gone/model/weights'));
  writeFileSync(at('unlisted/steps.jsonl'), '');
  rmSync(at('copied/contents.json'));
  // A machine without Slurm.
  vi.stubEnv('PATH', out);
  const { counts, tasks } = await statusOf(experimentWork(out, runs, 'summary.json'));
  expect(counts).toEqual({ finished: 1, running: 0, queued: 0, failed: 0, missing: 1, damaged: 5 });
  expect(tasks.filter(({ state }) => state === 'damaged').map(({ damage }) => damage)).toEqual([
    `${at('altered/result.json')}: got "other bytes", expected those that were written: it is damaged`,
    `${at('short/model/weights')}: got "7 bytes", expected 10, as many as were written: it is damaged`,
    `${at('gone/model/weights')}: got "no such file", expected the 10 bytes that were written`,
    `${at('unlisted/contents.json')}: got "a list without it", expected steps.jsonl in it: it is damaged`,
    `${at('copied/contents.json')}: got "no such file", expected a file that can be read`,
  ]);
});
