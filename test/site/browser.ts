import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { AddressInfo } from 'node:net';
import { chromium, firefox, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { siteBuild } from './build.js';

/** Debian's browsers. */
const programs = { chromium: '/usr/bin/chromium', firefox: '/usr/bin/firefox-esr' };

/** How long a browser may take to come to something, in milliseconds: on a machine with other work, minutes. */
const patience = 120_000;

const isMissing = (name: keyof typeof programs): boolean => !existsSync(programs[name]) && process.env.CI === undefined;

/** Tests that drive Chromium: that it is missing is a failure in continuous integration and a skip elsewhere. */
export const describeInBrowser = describe.skipIf(isMissing('chromium'));

/** Tests that drive Firefox, likewise, and may compare it with Chromium. */
export const describeInFirefox = describe.skipIf(isMissing('firefox') || isMissing('chromium'));

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

/**
 * Chromium as most files have it, which the files that a process goes through share: starting it takes seconds. It ends
 * with the process.
 */
let shared: Promise<Browser> | undefined;

/**
 * Serves the built site below a path of its own, without a network or isolation headers, and brings a browser.
 * @param name Firefox wants little motion and is never dark, for it cannot be asked otherwise
 * @param args what Chromium is started with besides
 */
export function visitSite(name: keyof typeof programs = 'chromium', args: readonly string[] = []): Site {
  const errors: string[] = [];
  const served = new Map<string, Buffer>();
  const opened: Page[] = [];
  const isShared = name === 'chromium' && args.length === 0;
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
    browser = await (isShared
      ? (shared ??= startChromium([]))
      : name === 'firefox'
        ? startFirefox()
        : startChromium(args));
  });
  afterAll(async () => {
    if (isShared) await Promise.all(opened.map((page) => page.context().close()));
    else await browser?.close();
    server.close();
  });

  const url = (page = ''): string => base + page;
  return {
    errors,
    served,
    url,
    async open(file, { width = 1280, height = 900, dark = false, still = true } = {}) {
      if (browser === undefined) throw new Error('the browser has not started');
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: still ? 'reduce' : 'no-preference',
        permissions: name === 'firefox' ? [] : ['clipboard-read', 'clipboard-write'],
      });
      context.setDefaultTimeout(patience);
      const page = await context.newPage();
      opened.push(page);
      page.on('console', (message) => {
        if (message.type() !== 'debug' && message.type() !== 'log')
          errors.push(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(url(file));
      return page;
    },
  };
}

/**
 * What every new window of Chromium would load, hidden, for its address bar: two pages, which take half a second of
 * processor time.
 */
const unused = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

async function startChromium(args: readonly string[]): Promise<Browser> {
  const executablePath = programs.chromium;
  // Of two lists of features Chromium takes the last: playwright's own is in it.
  const type = (chromium as unknown as Driven<Started>)._connection.toImpl(chromium);
  const usual = await type.defaultArgs({ headless: true }, 'transient', '');
  const disabled = usual.find((arg) => arg.startsWith('--disable-features='));
  if (disabled === undefined) throw new Error('playwright no longer says which features it disables');
  const all = ['--no-sandbox', [disabled, ...unused].join(), ...args];
  return chromium.launch({ executablePath, args: all, timeout: patience });
}

/** The parts of playwright that start a browser, and that drive one by WebDriver BiDi. */
interface Driven<Part> {
  readonly _connection: { toImpl(part: unknown): Part };
}
interface Started {
  defaultArgs(options: object, kind: 'transient', folder: string): Promise<readonly string[]>;
}
interface Session {
  send(command: string, parameters: object): Promise<object>;
}

/** Starts Firefox as Debian ships it, which playwright drives by WebDriver BiDi. */
async function startFirefox(): Promise<Browser> {
  const started = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: programs.firefox,
    firefoxUserPrefs: {
      'ui.prefersReducedMotion': 1,
      // Of a page that Back takes out of memory WebDriver hears nothing.
      'browser.sessionhistory.max_total_viewers': 0,
      // Reads the clipboard without asking somebody.
      'dom.events.testing.asyncClipboard': true,
      // Starts no process for pages that nobody opens.
      'dom.ipc.processPrelaunch.enabled': false,
    },
    timeout: patience,
  });
  // Playwright sends every page's preferences by a command that this Firefox does not have yet.
  const session = (started as unknown as Driven<{ readonly _browserSession: Session }>)._connection.toImpl(
    started,
  )._browserSession;
  const send = session.send.bind(session);
  session.send = (command, parameters) =>
    command === 'emulation.setMediaFeaturesOverride' ? Promise.resolve({}) : send(command, parameters);
  return started;
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
