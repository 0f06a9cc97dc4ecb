import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { HalfType } from '../../src/engine/half-matrix.js';
import { neoxConfig } from '../../src/llm/model/architecture/neox.js';
import { openModel } from '../../src/llm/model/load.js';
import { writeRandomModel } from '../../src/llm/model/random.js';
import { writeSafetensors } from '../../src/llm/weights/safetensors.js';
import { syntheticConfig, syntheticTokenizerJson } from '../../src/study/synthetic/model.js';
import { temporaryFolder } from '../temporary-folder.js';
import { describeInBrowser, visitSite } from './browser.js';

const folder = temporaryFolder();
const patience = { timeout: 600_000 };

/** A folder of random weights in halves, in one file or in two shards, and one of float32 copies of the same numbers. */
async function folders(type: HalfType, inShards: boolean): Promise<{ half: string; plain: string }> {
  const [half, plain] = [join(folder, `half ${type}`), join(folder, `plain ${type}`)];
  const { vocabularySize, contextLength } = syntheticConfig();
  const config = neoxConfig({ vocabularySize, contextLength, width: 16, heads: 2, layers: 1 });
  await writeRandomModel(half, config, { deviation: 0.3, type, tokenizer: syntheticTokenizerJson() });
  cpSync(half, plain, { recursive: true });
  const { weights } = openModel(half);
  const tensors = Array.from(weights.shapes, ([name, shape]) => {
    const values = weights.read(name);
    return { name, shape, values: () => values };
  });
  await writeSafetensors(join(plain, 'model.safetensors'), tensors);
  weights.close();
  if (inShards) {
    const shards = Object.entries({ 'one.safetensors': tensors.slice(0, 4), 'two.safetensors': tensors.slice(4) });
    for (const [name, part] of shards) await writeSafetensors(join(half, name), part, {}, type);
    rmSync(join(half, 'model.safetensors'));
    const places = shards.flatMap(([name, part]) => part.map((tensor) => [tensor.name, name]));
    writeFileSync(
      join(half, 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: Object.fromEntries(places) as Record<string, string> }),
    );
  }
  return { half, plain };
}

/** Trains both schedules on the model of a folder: what the page says of it, and the steps that it saves. */
async function trained(page: Page, model: string): Promise<{ held: string; steps: string[] }> {
  await page.locator('[name="model"]').setInputFiles(readdirSync(model).map((name) => join(model, name)));
  await page.getByRole('button', { name: 'Start' }).click();
  const status = page.locator('#status');
  await status.filter({ hasText: /^(Done|Stopped)/ }).waitFor(patience);
  expect(await status.innerText()).toBe('Done: 2 steps of each.');
  const downloads: Promise<string>[] = [];
  page.on('download', (download) => downloads.push(download.path()));
  await page.getByRole('button', { name: 'Save the steps as JSONL' }).click();
  await expect.poll(() => downloads.length).toBe(2);
  const steps = (await Promise.all(downloads)).map((path) => readFileSync(path, 'utf8'));
  return { held: await page.locator('#adapter').innerText(), steps };
}

const backends = {
  wasm: [],
  webgpu: [
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    '--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension',
  ],
};

/** How the model of each is stored. */
const stored = { wasm: ['bfloat16', true], webgpu: ['float16', false] } as const;

for (const backend of ['wasm', 'webgpu'] as const) {
  describeInBrowser(`a model of the visitor's on ${backend}`, () => {
    const site = visitSite('chromium', backends[backend]);

    it('stays in half precision, with the steps of float32 copies to the last digit', patience, async () => {
      const [type, inShards] = stored[backend];
      const { half, plain } = await folders(type, inShards);
      const page = await site.open(`language-model.html?steps=2&examples=4&second=maxright&backend=${backend}`);
      const found = await trained(page, half);
      expect(found.held).toMatch(
        new RegExp(`^Computes on .* parameters, [\\d,]+ of them in ${type}, which both share; each trains`),
      );
      expect(await page.locator('#ran').innerText()).toMatch(/your model of 0\.\d+ MB/);
      const expected = await trained(page, plain);
      expect(expected.held).toMatch(/ parameters, all in float32, which both share/);
      expect(found.steps.every((text) => text.trim().split('\n').length === 2)).toBe(true);
      expect(found.steps).toEqual(expected.steps);
      // What is missing is said.
      await page.locator('[name="model"]').setInputFiles(join(half, 'config.json'));
      await page.getByRole('button', { name: 'Start' }).click();
      await page
        .locator('#status')
        .filter({
          hasText: 'Stopped: model: got "config.json", expected tokenizer.json among the files',
        })
        .waitFor(patience);
      expect(site.errors).toEqual([]);
      await page.context().close();
    });
  });
}
