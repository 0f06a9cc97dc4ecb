import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { chromium } from 'playwright-core';

/**
 * Prints docs/theory.md as a PDF, from the same page that the site shows: `npm run theory:pdf` builds the site and writes
 * docs/theory.pdf where a browser is there (the path in CHROMIUM, or /usr/bin/chromium).
 */
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  process.stderr.write(`theory:pdf: no browser at ${executablePath}; set CHROMIUM to the path of one\n`);
  process.exit(2);
}
const server = await preview({ configFile: file('../vite.config.ts'), logLevel: 'warn' });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 900, height: 1200 } });
  await page.goto(new URL('statements.html', server.resolvedUrls?.local[0] ?? '').href);
  // The proofs alone: the cards, the frame of the site and the places to scroll are for the screen.
  await page.evaluate(() => {
    const theory = document.querySelector('.theory');
    if (theory === null) throw new Error('the statements page has no proofs');
    const title = document.createElement('h1');
    title.textContent = 'Understanding forgetting: statements, proofs, constants';
    // The page's own heading says what the title says.
    theory.querySelector('h2')?.remove();
    theory.prepend(title);
    document.body.replaceChildren(theory);
  });
  const path = file('../../docs/theory.pdf');
  await page.pdf({ path, format: 'A4', margin: { top: '18mm', bottom: '18mm', left: '16mm', right: '16mm' } });
  process.stdout.write(`${path}\n`);
} finally {
  await browser.close();
  await server.close();
}
