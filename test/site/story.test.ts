/// <reference lib="dom.iterable" />
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { significant } from '../../src/base/text.js';
import { testBuild } from '../build.js';
import { temporaryFolder } from '../temporary-folder.js';
import { axeViolations } from './accessibility.js';
import { describeInBrowser, drawn, visitSite } from './browser.js';
import { everyControlChangesItsFigure, told, values } from './interactions/story.js';

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

/** For every section the numbers of its sentence as the command line has them. */
const numbers: Readonly<Record<string, (output: never[]) => Record<string, number>>> = {
  'one-objective': ([run]: Run[]) => ({ gap: run.final.gap.mean }),
  'two-objectives': ([{ points }]: Solved[]) => ({ lambda: points[0].lambda, sft: points[0].sft, dpo: points[0].dpo }),
  'stage-two': ([run]: Run[]) => ({ sft: run.final.sft.mean, dpo: run.final.dpo.mean }),
  limit: ([run, other, compared]: (Run & Compared)[]) => ({
    gap: run.final.gap.mean,
    'joint-gap': other.final.gap.mean,
    limit: compared.remedies[0].limit.gap,
  }),
  'early-stop'([{ remedies }]: Compared[]) {
    const stopped = remedies.find(({ curve }) => curve.length > 0);
    return {
      gap: stopped?.curve.find(({ parameter }) => parameter === Number(values['early-stop']))?.gap ?? NaN,
      'best-gap': stopped?.limit.gap ?? NaN,
    };
  },
  joint: ([run]: Run[]) => ({ gap: run.final.gap.mean }),
  remedies: ([{ remedies }]: Compared[]) => ({
    gap: remedies.find(({ name, chosen }) => name === 'l2-anchor' && chosen === 'theory')?.limit.gap ?? NaN,
  }),
  budget: ([{ choice }]: Front[]) => ({
    dpo: choice.dpo.upper,
    lambda: (choice.lambda[0] + choice.lambda[1]) / 2,
    rate: -choice.exchangeRate,
  }),
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

describeInBrowser('the story', () => {
  const site = visitSite();

  it('each control changes its figure and sentence, whose numbers are those of the command line', async () => {
    site.served.clear();
    const page = await site.open();
    await told(page);
    const scripts = [...site.served].filter(([name]) => name.endsWith('.js'));
    const size = scripts.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    expect(size).toBeLessThan(400_000);
    expect(await axeViolations(page)).toEqual([]);

    await everyControlChangesItsFigure(page, async (id, figure) => {
      const found = await said(page, id);
      const expected = numbers[id](printed((await figure.locator('pre').textContent()) ?? '') as never[]);
      for (const [name, number] of Object.entries(expected)) {
        expect(found[name], `${id}: ${name}`).toBe(significant(number, 3));
      }
    });

    const marks = await page.evaluate(() => performance.getEntriesByType('mark').map(({ name }) => name));
    // What is on the screen first is computed first, and every input of above was drawn.
    expect(marks.filter((name) => name.startsWith('first runs of')).at(0)).toBe('first runs of one-objective');
    expect(await page.evaluate(() => performance.getEntriesByName('input to redraw').length)).toBeGreaterThan(5);

    // On a phone every remedy has its name, also those that end in one place.
    await page.setViewportSize({ width: 390, height: 844 });
    await drawn(page);
    const names = await page.locator('#remedies text.direct').allTextContents();
    const labels = await page.locator('#remedies .own label').allTextContents();
    expect(labels.length).toBeGreaterThan(4);
    for (const label of labels) expect(names.join()).toContain(label);
    await page.setViewportSize({ width: 1280, height: 900 });

    // Addresses from before the story lead to the playground, with their state.
    await page.goto(site.url('#problem=closed-form&lambda=0.3'));
    await page.waitForURL(/playground\.html#.*lambda=0\.3/);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });
});
