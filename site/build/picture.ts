import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { chromium } from 'playwright-core';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Takes the README's picture of the built playground, once all of its runs are done. */
const server = await preview({ configFile: file('../vite.config.ts'), logLevel: 'warn' });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
await page.goto(`${server.resolvedUrls?.local[0] ?? ''}playground.html`);
await page.locator('#status').filter({ hasText: 'Gaps' }).waitFor();
await page.screenshot({ path: file('../../docs/playground.png') });
await browser.close();
await server.close();
