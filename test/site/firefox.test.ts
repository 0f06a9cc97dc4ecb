import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pages } from '../../site/build/pages.js';
import { temporaryFolder } from '../temporary-folder.js';
import { ofColours, violationsExpression } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

const firefox = '/usr/bin/firefox-esr';
/** What axe finds on a page as it is, and of its colours once it is dark, as one line each. */
const inBothSchemes = `(async () => {
  const light = await ${violationsExpression()};
  document.documentElement.dataset.scheme = 'dark';
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return [...light, ...(await ${violationsExpression(ofColours)})].join('; ');
})()`;

const script = new URL('firefox-visit.ts', import.meta.url).pathname;

describeInBrowser('in Firefox', () => {
  const site = visitSite();

  it.skipIf(!existsSync(firefox) && process.env.CI === undefined)(
    'the story and the playground compute what they do elsewhere, no page logs a word, and axe finds nothing',
    // axe takes a while in Firefox, on all pages twice; on a busy machine ten times as long.
    { timeout: 900_000 },
    async () => {
      const state = '#problem=quadratic&steps=200&seeds=4&schedules=alright,maxright';
      const status = "document.querySelector('#status').textContent";
      const captions = "[...document.querySelectorAll('.story section:not(#language-model) figcaption')]";
      const visits = [
        { url: site.url(`playground.html${state}`), ready: status },
        {
          url: site.url(),
          ready: `(async () => {
            const isThere = ${captions}.every((one) => one.textContent.length > 20);
            if (!isThere || document.documentElement.hasAttribute('data-computing')) return '';
            await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
            return ${captions}.map((one) => one.textContent).join('|');
          })()`,
        },
        ...pages
          .slice(2)
          .map(({ file }) => ({ url: site.url(file), ready: "document.querySelector('h1').textContent" })),
      ].map((visit) => ({ ...visit, then: inBothSchemes }));
      const child = promisify(execFile);
      const folder = temporaryFolder();
      const list = join(folder, 'visits.json');
      writeFileSync(list, JSON.stringify(visits));
      const profile = temporaryFolder();
      const run = ['--experimental-websocket', '--import', 'tsx', script, firefox, profile, list];
      const { stdout } = await child(process.execPath, run);
      const results = JSON.parse(stdout) as { value: string; logged: string[]; then: string }[];
      expect(results.flatMap(({ logged }) => logged)).toEqual([]);
      expect(results.map(({ then }) => then)).toEqual(visits.map(() => ''));

      const playground = await site.open(`playground.html${state}`);
      await playground.waitForFunction(status, undefined, { timeout: 120_000 });
      expect(results[0].value).toBe(await playground.evaluate(status));
      const story = await site.open();
      let told = '';
      const tell = async (): Promise<string> => (told = await story.evaluate<string>(visits[1].ready));
      await expect.poll(tell, { timeout: 120_000 }).not.toBe('');
      expect(results[1].value).toBe(told);
      expect(results.slice(2).every(({ value }) => value !== '')).toBe(true);
      for (const page of [playground, story]) await page.context().close();
    },
  );
});
