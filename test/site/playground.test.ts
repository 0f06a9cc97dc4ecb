/// <reference lib="dom.iterable" />
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shortNumber, significant } from '../../src/base/text.js';
import type { RemedyComparison } from '../../src/remedy/compare.js';
import { closedFormFile } from '../problems.js';
import { temporaryFolder } from '../temporary-folder.js';
import { testBuild } from '../build.js';
import { axeViolations } from './accessibility.js';
import { describeInBrowser, drawn, visitSite } from './browser.js';
import { heldAnswers } from './held-answers.js';
import { movesAlongTheFront, movesTheBudget } from './interactions/handles.js';
import { copied, settled, table } from './playground.js';

/** Runs the copied commands beside some files in a shell where `forgetting` is the built program, and returns what they print. */
function shell(commands: string, files: Readonly<Record<string, string>> = {}): string {
  const program = join(testBuild, 'src/cli.js');
  const script = `set -e\nforgetting() { "${process.execPath}" "${program}" "$@"; }\n${commands}`;
  const cwd = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The tables that `forgetting run` printed, one for each run, in the words of the page's table. */
function printed(output: string): Record<string, string>[] {
  return output
    .split(/^(?=\S+, λ = )/m)
    .filter((part) => part.includes('measure'))
    .map((part) => {
      const rows = [...part.matchAll(/^ *(\w+) +(\S+) +(\[.*\]|–) +(\S+)$/gm)].map(
        ([, name, mean, interval, certificate]) => [name, `${mean} ${interval} ${certificate}`],
      );
      const [, gradients, evaluations] = /gradients (\d+) +evaluations (\d+)/.exec(part) ?? [];
      return { ...(Object.fromEntries(rows) as Record<string, string>), gradients, evaluations };
    });
}

async function expectSameNumbers(
  page: Page,
  schedules: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const text = await copied(page, '#copy-command');
  const shown = await table(page);
  const runs = printed(shell(text, files));
  expect(runs).toHaveLength(schedules.length);
  schedules.forEach((schedule, i) => {
    expect(Object.keys(runs[i]).length).toBeGreaterThanOrEqual(10);
    // The rise through stage two is measured from its beginning, a step that the page's curves need not have.
    const { forgetting, ...others } = runs[i];
    expect(shown[schedule], schedule).toMatchObject(others);
    expect(typeof forgetting).toBe(schedule.startsWith('sequential') ? 'string' : 'undefined');
  });
}

/** A module of a schedule that does something at its hundredth step. */
const late = (what: string): string => `export default {
  name: 'late',
  init: () => 0,
  distribution(state, step) {
    if (step >= 100) { ${what} }
    return [{ choice: { dpo: 1, sft: 0 }, probability: 1 }];
  },
};`;

/** Lets the answers of the worker that looks at the landscape, the first to be listened to, come after those of runs. */
async function delayLandscape(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const listen = Reflect.get(Worker.prototype, 'addEventListener') as (
      this: Worker,
      type: string,
      listener: (event: Event) => void,
    ) => void;
    let listened = 0;
    Worker.prototype.addEventListener = function (this: Worker, type: string, listener: (event: Event) => void) {
      const late = listened++ === 0;
      listen.call(this, type, (event: Event) => {
        if (late) setTimeout(listener, 500, event);
        else listener(event);
      });
    };
  });
  await page.reload();
}

describeInBrowser('the playground', () => {
  const site = visitSite();

  it('is small at first, at most 400 kB of compressed JavaScript, and accessible once it has run', async () => {
    site.served.clear();
    const page = await site.open('playground.html');
    await settled(page);
    const scripts = [...site.served].filter(([name]) => name.endsWith('.js'));
    const size = scripts.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(size).toBeLessThan(400_000);
    await page.click('#theorems summary');
    await page.locator('#statements .formula').first().waitFor();
    // The gap over the setting of a slider, below it, with the table's gap at the setting now.
    const { gap } = (await table(page))['sequential-sft-dpo'];
    const named = { lambda: /Δ = 0\.597 at λ = 0\.5$/, firstStage: /at share 0\.5$/, steps: /at T = 1,000$/ };
    for (const [control, words] of Object.entries(named)) {
      const picture = page.locator(`[data-sweep=control-${control}] svg`);
      await picture.locator('.sweep-line').first().waitFor({ state: 'attached' });
      const text = (await picture.locator('text').textContent()) ?? '';
      expect(text).toMatch(words);
      if (control !== 'lambda') expect(text).toContain(`gap ${significant(Number(gap.split(' ')[0]), 3)} `);
    }
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  });

  it.each([
    [
      'quadratics on a ball',
      'problem=quadratic&lambda=0.3&steps=200&seeds=7&seed=3&period=5&first-stage=0.7&radius=3',
      ['sequential-dpo-sft', 'maxright'],
    ],
    [
      'a log-linear pair',
      'problem=log-linear&conflict=-0.4&candidates=4&examples=20&steps=150&seeds=5&batch=3&step-size=0.5/sqrt(t)',
      ['alright'],
    ],
    ['the closed-form pair', 'problem=closed-form&start=-0.5&steps=100&seeds=4', ['mix']],
  ])('prints the numbers of the command line, to the last digit, for %s', async (_, address, schedules) => {
    const page = await site.open(`playground.html#${address}&schedules=${schedules.join(',')}`);
    await settled(page);
    await expectSameNumbers(page, schedules);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('draws the remedies and encloses the front as the command line does, to the last digit', async () => {
    const page = await site.open(
      'playground.html#problem=log-linear&lambda=0.4&steps=100&seeds=2&remedies=sequential,best-checkpoint,replay,l2-anchor,kl-anchor,average,mgda',
    );
    await settled(page);
    const remedies = await copied(page, '#copy-remedies');
    const compared = JSON.parse(shell(`${remedies} --seeds 1 --json`)) as RemedyComparison;
    const gaps = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('#remedy-table tr[data-remedy]')].map((row) => [
        row.dataset.remedy,
        row.querySelector('[data-measure=gap]')?.textContent,
      ]),
    );
    expect(gaps).toHaveLength(7);
    for (const [name, gap] of gaps) {
      const rows = compared.remedies.filter((row) => row.name === name);
      expect(
        rows.map(({ limit }) => shortNumber(limit?.gap ?? NaN)),
        name ?? '',
      ).toContain(gap);
    }
    expect(await page.locator('#remedies path.remedy[data-remedy=replay]').getAttribute('d')).toMatch(/^M.*L/);

    // By key, then by hand: the line says what may be lost, and the numbers are those that the command prints.
    await movesTheBudget(page);
    const said = await page.evaluate(() =>
      [...document.querySelectorAll('#front-words [data-number]')].map(({ textContent }) => textContent),
    );
    const [, ...printedChoice] =
      /choice +λ in \[(\S+), (\S+)\] +dpo in \[(\S+), (\S+)\] .* exchange rate in \[(\S+), (\S+)\]/.exec(
        shell(await copied(page, '#copy-front')),
      ) ?? [];
    const [low, high, lower, upper, ...rates] = printedChoice;
    expect(said).toEqual([lower, upper, low, high, ...rates]);
    expect(await page.locator('#front-words').innerText()).toMatch(
      /nats of SFT lost.*one nat of DPO costs \S+ nats of SFT/s,
    );

    await movesAlongTheFront(page);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('says which challenges are met, and that they stay so', async () => {
    const page = await site.open('playground.html#seeds=8');
    await settled(page);
    const met = () => page.locator('#challenges li.met strong').allTextContents();
    expect(await met()).toEqual([]);
    const answers: [challenge: string, address: string][] = [
      ['Find the early stop', 'seeds=8&first-stage=0.99'],
      ['Where does 1/√T show?', 'seeds=8&steps=10000&measure=averageGap'],
      ['Make the gap vanish', 'seeds=8&dpo=0.5,0.5,1,1,0&sft=0.5,0.5,1,1,0'],
      // Equal bowls: θ° is θ*_λ.
      ['Make MAXRIGHT beat ALRIGHT', 'seeds=64&dpo=1,0,1,1,0&sft=-1,0,1,1,0&start=0,2'],
    ];
    for (const [i, [challenge, address]] of answers.entries()) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, address);
      await page
        .locator('#challenge-said')
        .filter({ hasText: `Done: ${challenge}.` })
        .waitFor({ state: 'attached' });
      expect(await met()).toHaveLength(i + 1);
    }
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('takes a problem file that is dropped, refuses a bad one in place, and gives the file back', async () => {
    const page = await site.open('playground.html#problem=file&steps=100&seeds=4');
    await delayLandscape(page);
    const drop = (name: string, text: string): Promise<void> =>
      page.evaluate(
        ([fileName, content]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([content], fileName, { type: 'application/json' }));
          document.body.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, text],
      );
    const refusal = page.locator('#problem-refusal');
    await drop('bad.json', '{ "kind": "quadratic" ');
    await refusal.filter({ hasText: /^problem file: got "bad\.json", expected JSON \(/ }).waitFor();
    const bad = { ...closedFormFile(0.2), start: [0, 0] };
    await drop('bad.json', JSON.stringify(bad));
    await refusal.filter({ hasText: /^objectives\.dpo\.minimizer: got \[1\], expected 2 entries/ }).waitFor();
    const good = `${JSON.stringify(closedFormFile(0.2))}\n`;
    await drop('good.json', good);
    await settled(page);
    expect(await refusal.textContent()).toBe('');
    expect(await page.locator('#commands').textContent()).toMatch(/^forgetting run good\.json --schedule sequential/);
    const downloads = page.waitForEvent('download');
    await page.click('#download');
    const download = await downloads;
    expect(download.suggestedFilename()).toBe('good.json');
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(closedFormFile(0.2));

    await page.fill('#step-size', '1/oops');
    await page
      .locator('#step-refusal')
      .filter({ hasText: /^step-size: got "1\/oops", expected/ })
      .waitFor();
    // Far away, but not without end: what cannot be seen is drawn where it is not seen.
    await page.fill('#step-size', '9');
    await settled(page);
    expect(Number((await table(page)).mix.dpo.split(' ')[0])).toBeGreaterThan(1e100);
    await page.fill('#step-size', '99');
    await page
      .locator('#step-refusal')
      .filter({ hasText: /diverged at step \d+$/ })
      .waitFor();
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('runs a schedule of the visitor’s own as the command line does, keeps it through a reload, and refuses bad ones in place', async () => {
    const page = await site.open('playground.html#problem=quadratic&schedules=mix&steps=150&seeds=3&lambda=0.4');
    const refusal = page.locator('#schedule-refusal');
    const chosen = (name: string, text: string): Promise<void> =>
      page.setInputFiles('#choose-schedule', { name, mimeType: 'text/javascript', buffer: Buffer.from(text) });
    const says = (words: RegExp): Promise<void> => refusal.filter({ hasText: words }).waitFor();
    await settled(page);
    await chosen('broken.js', 'export default {');
    await says(/^schedule: got "broken\.js", expected a JavaScript module that loads \(/);
    await chosen('empty.js', 'export const name = 1;');
    await says(/^schedule: got "empty\.js", expected a default export with name, init and distribution$/);
    await chosen('mix.mjs', 'export default { name: "mix", init: () => 0, distribution: () => [] };');
    await says(/^mix\.mjs: name: got "mix", expected a name that no schedule of the package has$/);
    await chosen('half.js', 'export default { name: "half", init: () => 0, distribution: () => [] };');
    await says(/^schedule half: step 1: sum of probabilities: got 0, expected 1$/);
    const source = readFileSync(new URL('../../examples/alternate.ts', import.meta.url), 'utf8');
    await chosen('alternate.ts', source);
    await says(/^schedule: got "alternate\.ts", expected JavaScript/);
    await page
      .locator('#status')
      .filter({ hasText: /^3 seeds\. Gaps: Mix / })
      .waitFor();

    const options = { bundle: true, format: 'esm', write: false } as const;
    const [{ text: code }] = buildSync({ entryPoints: ['examples/alternate.ts'], ...options }).outputFiles;
    const labelled = `${code}\nObject.assign(alternate, { label: 'Turns <b>', description: 'DPO, then SFT' });\n`;
    await chosen('alternate.js', labelled);
    await page.locator('#table td[data-schedule=alternate]').first().waitFor();
    await settled(page);
    expect(await refusal.textContent()).toBe('');
    expect(await page.locator('#table thead th').allInnerTexts()).toEqual(['Mix', 'Turns <b>']);
    expect(await page.locator('li[data-schedule=alternate] .explain').innerText()).toBe(
      'DPO, then SFT From alternate.js.',
    );
    const colours = await page.evaluate(() =>
      ['mix', 'alternate'].map((key) =>
        document.querySelector(`#landscape .trail[data-schedule=${key}]`)?.getAttribute('stroke'),
      ),
    );
    expect(new Set(colours).size).toBe(2);
    await expectSameNumbers(page, ['mix', 'alternate'], { 'alternate.js': labelled });

    const before = await table(page);
    await page.waitForFunction(
      () => location.hash.includes('own=alternate') && location.hash.includes('mix,alternate'),
    );
    expect(await page.locator('#copy-link').isDisabled()).toBe(true);
    await page.reload();
    await settled(page);
    expect(await table(page)).toEqual(before);

    // One that fails later is silent alone, one that never returns keeps nothing else waiting, and both can be removed.
    await chosen('late.js', late('throw new Error("no more\\nof it")'));
    await says(/^late\.js: no more$/);
    await page
      .locator('#status')
      .filter({ hasText: /^3 seeds\. Gaps: Mix [^,]*$/ })
      .waitFor();
    await chosen('late.js', late('for (;;);'));
    await page.locator('#status').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
    await page.click('li[data-schedule=late] button');
    await page
      .locator('#status')
      .filter({ hasText: /Turns <b>/ })
      .waitFor();
    await page.click('li[data-schedule=alternate] button');
    await page
      .locator('#status')
      .filter({ hasText: /^3 seeds\. Gaps: Mix [^,]*$/ })
      .waitFor();
    await page.context().close();

    // Another browser, which does not keep it.
    const other = await site.open('playground.html#own=alternate&schedules=mix,alternate&steps=20&seeds=2');
    await settled(other);
    expect(await other.locator('#problem-refusal').textContent()).toBe(
      'Not understood in the address: own=alternate, schedules=mix,alternate.',
    );
    await other.context().close();
    expect(site.errors).toEqual([]);
  });

  it('warns as the command line does where a gap is not large beside its certificate', async () => {
    const [dpo, sft] = ['0.5*(x - 1)^2 + y^2', '0.5*(x + 1)^2 + log(1 + exp(-y)) + y^2/10'];
    const file = { kind: 'expression', variables: ['x', 'y'], objectives: { dpo, sft }, radius: 3, start: [0, -1] };
    const page = await site.open('playground.html#problem=file&schedules=mix&steps=15&seeds=2&step-size=0.5');
    await page.fill('#file-text', JSON.stringify(file));
    await settled(page);
    const command = await page.locator('#commands').textContent();
    const output = shell(`cat > problem.json <<'END'\n${JSON.stringify(file)}\nEND\n${command}`);
    const warnings = output.split('\n').filter((line) => line.includes('the certificate of'));
    expect(warnings).toHaveLength(1);
    expect(await page.locator('#warnings').textContent()).toBe(`Mix: ${warnings[0]}`);
    expect((await table(page)).mix.gap).toMatch(/ \d\S*e-14$/);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('keeps what a run was refused for when the landscape of the same state comes after it', async () => {
    const page = await site.open('figures.html');
    const landscapes = await heldAnswers(page, { kinds: ['scene'] }, false);
    await page.goto(site.url('playground.html#problem=quadratic&steps=100&seeds=4'));
    await settled(page);
    await landscapes.hold();
    await page.fill('#step-size', '99');
    const refusal = page.locator('#step-refusal').filter({ hasText: /diverged at step \d+$/ });
    await refusal.waitFor();
    await landscapes.wait(1);
    await landscapes.release();
    await drawn(page);
    expect(await refusal.count()).toBe(1);
    await page.fill('#step-size', '0.1');
    await page.locator('#step-refusal').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
    await page.context().close();
    expect(site.errors).toEqual([]);
  });
});
