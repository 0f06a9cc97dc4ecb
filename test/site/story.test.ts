/// <reference lib="dom.iterable" />
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { significant } from '../../src/base/text.js';
import { testBuild } from '../build.js';
import { temporaryFolder } from '../temporary-folder.js';
import { seriousViolations } from './accessibility.js';
import { describeInBrowser, drawn, visitSite } from './browser.js';

/** What the command of a figure prints, as JSON: an object for every command. */
function printed(commands: string): Record<string, unknown>[] {
  const program = join(testBuild, 'src/cli.js');
  const json = commands.replace(/^forgetting .*$/gm, (line) => `${line} --json && echo ';'`);
  const script = `set -e\nforgetting() { "${process.execPath}" "${program}" "$@"; }\n${json}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: temporaryFolder(), encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const outputs = stdout.split(';\n').filter((text) => text.trim() !== '');
  return outputs.map((text) => JSON.parse(text) as Record<string, unknown>);
}

interface Run {
  readonly final: Readonly<Record<'gap' | 'sft' | 'dpo', { readonly mean: number }>>;
}
interface Compared {
  readonly remedies: readonly {
    name: string;
    chosen: string;
    limit: { gap: number };
    curve: { parameter: unknown; gap: number }[];
  }[];
}
interface Solved {
  readonly points: readonly { lambda: number; dpo: number; sft: number }[];
}
interface Front {
  readonly choice: { lambda: [number, number]; dpo: { upper: number }; exchangeRate: number };
}

/** For every section: its new value, and the numbers of its sentence as the command line has them. */
const cases: Readonly<Record<string, { value: string; numbers: (output: never[]) => Record<string, number> }>> = {
  'one-objective': { value: '0.3', numbers: ([run]: Run[]) => ({ gap: run.final.gap.mean }) },
  'two-objectives': {
    value: '0.25',
    numbers: ([{ points }]: Solved[]) => ({ lambda: points[0].lambda, sft: points[0].sft, dpo: points[0].dpo }),
  },
  'stage-two': { value: '1000', numbers: ([run]: Run[]) => ({ sft: run.final.sft.mean, dpo: run.final.dpo.mean }) },
  limit: {
    value: '3.5',
    numbers: ([run, other, compared]: (Run & Compared)[]) => ({
      gap: run.final.gap.mean,
      'joint-gap': other.final.gap.mean,
      limit: compared.remedies[0].limit.gap,
    }),
  },
  'early-stop': {
    value: '12',
    numbers([{ remedies }]: Compared[]) {
      const stopped = remedies.find(({ curve }) => curve.length > 0);
      return {
        gap: stopped?.curve.find(({ parameter }) => parameter === 12)?.gap ?? NaN,
        'best-gap': stopped?.limit.gap ?? NaN,
      };
    },
  },
  joint: { value: '1', numbers: ([run]: Run[]) => ({ gap: run.final.gap.mean }) },
  remedies: {
    value: '2',
    numbers: ([{ remedies }]: Compared[]) => ({
      gap: remedies.find(({ name, chosen }) => name === 'l2-anchor' && chosen === 'theory')?.limit.gap ?? NaN,
    }),
  },
  budget: {
    value: '20',
    numbers: ([{ choice }]: Front[]) => ({
      dpo: choice.dpo.upper,
      lambda: (choice.lambda[0] + choice.lambda[1]) / 2,
      rate: -choice.exchangeRate,
    }),
  },
};

/** The numbers of a section's sentence by their names. */
const said = (page: Page, id: string): Promise<Record<string, string>> =>
  page.evaluate(
    (section) =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLElement>(`#${section} figcaption [data-number]`)].map((element) => [
          element.dataset.number ?? '',
          element.textContent.replace('−', '-'),
        ]),
      ),
    id,
  );

/** Waits until every sentence is there, nothing is computed for a section any more, and what came of it is drawn. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.story figcaption')].every(({ textContent }) => textContent.length > 20),
  );
  await page.waitForFunction(() => !document.documentElement.hasAttribute('data-computing'));
  await drawn(page);
}

describeInBrowser('the story', () => {
  const site = visitSite();

  it('each control changes its figure and sentence, whose numbers are those of the command line', async () => {
    site.served.clear();
    const page = await site.open();
    await settled(page);
    const scripts = [...site.served].filter(([name]) => name.endsWith('.js'));
    const size = scripts.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    expect(size).toBeLessThan(400_000);
    expect(await seriousViolations(page)).toEqual([]);

    const ids = await page.evaluate(() =>
      [...document.querySelectorAll('.story section:has(.panes)')].map(({ id }) => id),
    );
    expect(ids).toEqual(Object.keys(cases));
    for (const [id, { value, numbers }] of Object.entries(cases)) {
      const figure = page.locator(`#${id} figure`);
      const picture = (): Promise<string> => page.locator(`#${id} .panes`).innerHTML();
      const [before, sentence] = [await picture(), await figure.locator('figcaption').innerText()];
      // By keys alone, as somebody without a pointer does.
      const control = figure.locator('.own input, .time input').first();
      if ((await control.getAttribute('type')) === 'radio') {
        await figure.locator('.own input:checked').focus();
        for (let i = 0; i < Number(value); i++) await page.keyboard.press('ArrowRight');
      } else if (id === 'stage-two') {
        await control.fill('412');
        await settled(page);
        expect(await figure.locator('output').innerText()).toMatch(/^step 4\d\d of 1,000: training SFT$/);
        expect(await figure.locator('figcaption').innerText()).not.toBe(sentence);
        expect(await picture()).not.toBe(before);
        await control.fill('700');
        await settled(page);
        expect(await figure.locator('output').innerText()).toMatch(/^step (69|70)\d of 1,000: training DPO$/);
        await control.fill(value);
      } else {
        await control.fill(value);
      }
      await settled(page);
      if (id !== 'stage-two') {
        expect(await figure.locator('figcaption').innerText(), id).not.toBe(sentence);
        // A choice between names is lit by a rule of the page's style, not in the picture.
        if (!(await control.getAttribute('type'))?.startsWith('radio')) expect(await picture(), id).not.toBe(before);
      }
      const found = await said(page, id);
      const expected = numbers(printed((await figure.locator('pre').textContent()) ?? '') as never[]);
      for (const [name, number] of Object.entries(expected)) {
        expect(found[name], `${id}: ${name}`).toBe(significant(number, 3));
      }
    }
    // The last figure: what both models said, recorded, at any step.
    const models = page.locator('#language-model figure');
    const caption = models.locator('figcaption');
    await caption.filter({ hasText: /^After step 160 of 160.*Sequential.*ALRIGHT/ }).waitFor();
    const replies = (): Promise<string[]> => models.locator('blockquote').allInnerTexts();
    const atEnd = await replies();
    await models.locator('.time input').fill('80');
    await caption.filter({ hasText: /^After step 80 of 160/ }).waitFor();
    expect(await models.locator('.time output').innerText()).toMatch(/^step 80 of 160: Sequential.*: SFT; ALRIGHT: /);
    expect((await replies())[0]).not.toBe(atEnd[0]);

    const marks = await page.evaluate(() => performance.getEntriesByType('mark').map(({ name }) => name));
    // What is on the screen first is computed first, and every input of above was drawn.
    expect(marks.filter((name) => name.startsWith('first runs of')).at(0)).toBe('first runs of one-objective');
    expect(await page.evaluate(() => performance.getEntriesByName('input to redraw').length)).toBeGreaterThan(5);

    // Addresses from before the story lead to the playground, with their state.
    await page.goto(site.url('#problem=closed-form&lambda=0.3'));
    await page.waitForURL(/playground\.html#.*lambda=0\.3/);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });
});
