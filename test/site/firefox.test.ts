import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pages } from '../../site/build/pages.js';
import { temporaryFolder } from '../temporary-folder.js';
import { describeInBrowser, visitSite } from './browser.js';

const firefox = '/usr/bin/firefox-esr';
const script = new URL('firefox-visit.ts', import.meta.url).pathname;

describeInBrowser('in Firefox', () => {
  const site = visitSite();

  it.skipIf(!existsSync(firefox) && process.env.CI === undefined)(
    'the story and the playground compute what they do elsewhere, and no page logs a word',
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
      ];
      const child = promisify(execFile);
      const { stdout } = await child(process.execPath, [
        '--experimental-websocket',
        '--import',
        'tsx',
        script,
        firefox,
        temporaryFolder(),
        JSON.stringify(visits),
      ]);
      const results = JSON.parse(stdout) as { value: string; logged: string[] }[];
      expect(results.flatMap(({ logged }) => logged)).toEqual([]);

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
