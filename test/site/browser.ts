import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { siteBuild } from './build.js';

const executablePath = '/usr/bin/chromium';

/** How long a browser may take to come to something, in milliseconds: on a machine with other work, minutes. */
const patience = 120_000;

/** Tests that drive a browser: a missing chromium is a failure in continuous integration and a skip elsewhere. */
export const describeInBrowser = describe.skipIf(!existsSync(executablePath) && process.env.CI === undefined);

/** The site as visited in a test file. */
export interface Site {
  /** The address of a page. */
  url(page?: string): string;
  /** A new page of the browser, at an address; what it logs as an error is collected in `errors`. */
  open(page?: string, options?: { width?: number; height?: number; dark?: boolean; still?: boolean }): Promise<Page>;
  /** Errors of the console and uncaught ones, of all pages so far. */
  readonly errors: string[];
  /** Every file served so far. */
  readonly served: Map<string, Buffer>;
}

/** Serves the built site below a path of its own, without a network or isolation headers, and starts one browser. */
export function visitSite(args: readonly string[] = []): Site {
  const errors: string[] = [];
  const served = new Map<string, Buffer>();
  let browser: Browser | undefined;
  let base = '';
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '', 'http://site').pathname));
    const name = path.replace(/^\/some\/where\//, '') || 'index.html';
    readFile(join(siteBuild, name)).then(
      (content) => {
        served.set(name, content);
        response.writeHead(200, { 'Content-Type': contentTypes[extname(name)] ?? 'application/octet-stream' });
        response.end(content);
      },
      () => {
        response.writeHead(404);
        response.end();
      },
    );
  });

  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...args], timeout: patience });
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  const url = (page = ''): string => base + page;
  return {
    errors,
    served,
    url,
    async open(page, { width = 1280, height = 900, dark = false, still = true } = {}) {
      if (browser === undefined) throw new Error('the browser has not started');
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: still ? 'reduce' : 'no-preference',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      context.setDefaultTimeout(patience);
      const opened = await context.newPage();
      opened.on('console', (message) => {
        if (message.type() !== 'debug' && message.type() !== 'log')
          errors.push(`${message.text()} (${message.location().url})`);
      });
      opened.on('pageerror', (error) => errors.push(String(error)));
      await opened.goto(url(page));
      return opened;
    },
  };
}

/** Waits until what the page has heard of so far is drawn: before the second frame from now, however late frames are. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)))');
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
