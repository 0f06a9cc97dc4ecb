import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createTrainees, prepare, sftBudget } from '../../site/language-model/session.js';
import { defaults, type SessionSettings } from '../../site/language-model/settings.js';
import recordedSession from '../../site/story/recorded-session.json' with { type: 'json' };
import { openBackend } from '../../src/engine/backend.js';
import { axeViolations } from './accessibility.js';
import { describeInBrowser, drawn, visitSite } from './browser.js';
import { movesThroughTheSteps } from './interactions/transport.js';

/** What the tests train: no more than shows that the engines agree, for software adapters are slow. */
const settings: SessionSettings = { ...defaults, steps: 3, pretrainingSteps: 2, examples: 4 };
const address = (backend: string, steps = settings.steps): string =>
  `language-model.html?steps=${steps}&pretrainingSteps=${settings.pretrainingSteps}&examples=${settings.examples}&backend=${backend}`;
const patience = { timeout: 800_000 };

/** Waits until all steps are taken and drawn. */
async function done(page: Page): Promise<void> {
  await page.locator('#status').filter({ hasText: 'Done' }).waitFor(patience);
  await drawn(page);
}

/** The losses of both schedules' steps, from the files that the page saves. */
async function savedLosses(page: Page): Promise<number[][]> {
  const downloads: Promise<string>[] = [];
  page.on('download', (download) => downloads.push(download.path()));
  await page.getByRole('button', { name: 'Save the steps as JSONL' }).click();
  await expect.poll(() => downloads.length).toBe(2);
  const files = await Promise.all(downloads);
  return files.map((file) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss),
  );
}

/** The transport shows what both models said at the start, which is one model, and after the last step. */
async function goesThroughTheSteps(page: Page): Promise<void> {
  const time = page.locator('#transport');
  const shown = async (): Promise<string[][]> => [
    await page.locator('#replies blockquote').allInnerTexts(),
    await page.locator('#replies .share').allInnerTexts(),
    await page.locator('#numbers td').allInnerTexts(),
    await page.locator('#sft-loss path[stroke-width]').evaluateAll((paths) => paths.map((path) => path.outerHTML)),
  ];
  const output = time.locator('output');
  const at = async (step: number): Promise<void> => {
    await output.filter({ hasText: new RegExp(`^step ${step} of ${settings.steps}: `) }).waitFor();
    await drawn(page);
  };
  await at(settings.steps);
  expect(await output.innerText()).toMatch(/: Sequential.*: DPO; ALRIGHT: (SFT|DPO)$/);
  await movesThroughTheSteps(time, shown);
  await time.locator('input').fill('0');
  await page.locator('#replies .step').first().filter({ hasText: 'after step 0' }).waitFor();
  const [replies, shares] = await shown();
  expect(replies[0]).toBe(replies[1]);
  expect(shares.slice(0, 2)).toEqual(shares.slice(2));
  await time.locator('input').fill(String(settings.steps));
  await at(settings.steps);
}

/** The same steps by the engine in Node. */
async function nodeLosses(): Promise<number[][]> {
  await openBackend('wasm', { threads: 1 });
  const trainees = await createTrainees(settings, await prepare(settings, () => Promise.resolve()));
  const losses: number[][] = [[], []];
  for (let step = 1; step <= settings.steps; step++) {
    for (const side of [0, 1] as const) losses[side].push((await trainees[side].step()).loss);
  }
  return losses;
}

function expectClose(found: number[][], expected: number[][], tolerance: number): void {
  expect(found.map((losses) => losses.length)).toEqual([settings.steps, settings.steps]);
  found.forEach((losses, side) => {
    losses.forEach((loss, step) => {
      expect(Math.abs(loss - expected[side][step])).toBeLessThan(tolerance * Math.abs(expected[side][step]));
    });
  });
}

describe('the language model in the page', () => {
  it('is told of in the story as it begins: npx tsx site/build/recorded-session.ts', () => {
    expect(recordedSession.settings).toEqual(defaults);
    expect(readFileSync(new URL('../../site/language-model.html', import.meta.url), 'utf8')).toContain(
      `above ${sftBudget} nats`,
    );
    expect(recordedSession.sides.map(({ steps }) => steps.length)).toEqual([defaults.steps, defaults.steps]);
  });

  describeInBrowser('on WebAssembly', () => {
    const site = visitSite();

    it('takes the steps that Node takes, to the last bit but rounding, and says what they cost', async () => {
      const page = await site.open(address('wasm'));
      await page.getByRole('button', { name: 'Start' }).click();
      await done(page);
      expect(await page.locator('#adapter').innerText()).toMatch(/Computes on wasm: WebAssembly.*107,776 parameters/);
      expect(await page.locator('#numbers').innerText()).toMatch(/ ms[\s\S]* MFLOP[\s\S]* MB/);
      // Both models answer the held-out prompt, and the result says what it ran with, also once the form says otherwise.
      expect(await page.locator('#prompt').innerText()).toMatch(/\w+ the \w+ \w+/);
      expect(await page.locator('#replies blockquote').allInnerTexts()).toHaveLength(2);
      expect(await page.locator('#replies [data-manner]').allInnerTexts()).toHaveLength(4);
      expect(await page.locator('#replies .step').first().innerText()).toBe(`after step ${settings.steps}`);
      await goesThroughTheSteps(page);
      expect(await page.locator('#verdict').innerText()).toMatch(
        /^After step 3 of 3, at λ = 0\.75: Sequential.* has fSFT = .* and fDPO = .*; ALRIGHT has .*\. Fλ is .*\.$/s,
      );
      expect(await page.locator('#ran').innerText()).toMatch(/λ 0\.75, conflict 1, 3 steps/);
      await page.locator('#lambda').fill('0.3');
      expect(await page.locator('#ran').innerText()).toMatch(/λ 0\.75.*changed since/);
      await page.waitForURL(/lambda=0\.3/);
      await page.locator('#lambda').fill(String(settings.lambda));
      expectClose(await savedLosses(page), await nodeLosses(), 1e-6);
      expect(await axeViolations(page)).toEqual([]);
      expect(site.errors).toEqual([]);
      await page.context().close();
    });

    it('can start as it begins; takes from its address what fits, and says what does not', async () => {
      const first = await site.open('language-model.html');
      const unfit = first.locator('#settings :invalid');
      expect(await unfit.evaluateAll((fields) => fields.map((field) => field.getAttribute('name')))).toEqual([]);
      await first.context().close();
      const page = await site.open(
        'language-model.html?lambda=0.35&steps=7&conflict=5&examples=1e999&seed=x&first=constructor&backend=wasm',
      );
      const value = (name: string): Promise<string> => page.locator(`[name="${name}"]`).inputValue();
      expect([await value('lambda'), await value('steps'), await value('backend')]).toEqual(['0.35', '7', 'wasm']);
      const { conflict, examples, seed, schedules } = defaults;
      expect(await Promise.all(['conflict', 'examples', 'seed', 'first'].map(value))).toEqual(
        [conflict, examples, seed, schedules[0]].map(String),
      );
      expect(await page.locator('#status').innerText()).toBe(
        'The address asks for first = constructor, conflict = 5, seed = x, examples = 1e999, which is none of the values that fit here.',
      );
      expect(site.errors).toEqual([]);
      await page.context().close();
    });

    it('pauses, resumes and resets', async () => {
      const page = await site.open(address('wasm', 400));
      const steps = async (): Promise<number> => Number(await page.locator('#numbers tbody td').first().innerText());
      const ran = page.locator('#ran');
      expect([await steps(), await ran.innerText()]).toEqual([defaults.steps, expect.stringMatching(/^Recorded/)]);
      await page.getByRole('button', { name: 'Start' }).click();
      await ran.filter({ hasText: /^Shown/ }).waitFor();
      await drawn(page);
      await expect.poll(steps, patience).toBeGreaterThan(1);
      await page.getByRole('button', { name: 'Pause' }).click();
      // A step under way is finished.
      await page
        .locator('#status')
        .filter({ hasText: /^Paused\.$/ })
        .waitFor(patience);
      await drawn(page);
      const paused = await steps();
      await page.waitForTimeout(300);
      expect(await steps()).toBe(paused);
      await page.getByRole('button', { name: 'Resume' }).click();
      await expect.poll(steps, patience).toBeGreaterThan(paused);
      await page.getByRole('button', { name: 'Reset' }).click();
      await expect.poll(steps).toBe(defaults.steps);
      expect([await page.locator('#status').innerText(), await ran.innerText()]).toEqual([
        'Not started.',
        expect.stringMatching(/^Recorded/),
      ]);
      expect(site.errors).toEqual([]);
      await page.context().close();
    });
  });

  describeInBrowser('on a software WebGPU adapter', () => {
    const site = visitSite('chromium', [
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      // As in Node (src/engine/webgpu.ts): programs compile many times faster.
      '--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension',
    ]);

    it('takes the same steps', { timeout: 900_000 }, async () => {
      const page = await site.open(address('webgpu'));
      await page.getByRole('button', { name: 'Start' }).click();
      await done(page);
      expect(await page.locator('#adapter').innerText()).toMatch(/webgpu: .*swiftshader/i);
      expectClose(await savedLosses(page), await nodeLosses(), 1e-3);
      expect(site.errors).toEqual([]);
      await page.context().close();
    });
  });
});
