import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeContents } from '../../../src/llm/results/contents.js';
import { otherBase } from '../../../src/llm/train/adapter-base.js';
import { digestOfModel } from '../../../src/llm/train/reference.js';
import { temporaryFolder } from '../../temporary-folder.js';

it('an adapter of a run says so beside a model of the same shape that the run did not begin from', async () => {
  const folder = temporaryFolder();
  const model = (name: string, weights: string): string => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'config.json'), '{}');
    writeFileSync(join(folder, name, 'model.safetensors'), weights);
    return join(folder, name);
  };
  const [own, same, other] = [model('own', 'weights'), model('same', 'weights'), model('other', 'wEights')];
  const adapter = join(folder, 'run');
  mkdirSync(adapter);
  // An adapter from elsewhere tells no more of its base than a path.
  expect(await otherBase(other, adapter)).toBeUndefined();
  writeFileSync(join(adapter, 'settings.json'), JSON.stringify({ model: await digestOfModel(own) }));
  await writeContents(adapter);
  expect(await otherBase(own, adapter)).toBeUndefined();
  expect(await otherBase(same, adapter)).toBeUndefined();
  expect(await otherBase(other, adapter)).toBe(
    `warning: the adapter ${adapter} was trained on a model of other files than those of ${other}`,
  );
});
