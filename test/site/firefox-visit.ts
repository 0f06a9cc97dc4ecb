/// <reference lib="dom" />
/**
 * Visits pages in Firefox by WebDriver BiDi, and prints what each came to as JSON: what an expression is once it is true,
 * what another one is then, and all that the console said. Run with --experimental-websocket, which Node needs before version 22.
 * Usage: node --import tsx firefox-visit.ts <firefox> <profile folder> <file of visits as JSON: [{ url, ready, then }]>
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Message {
  readonly id?: number;
  readonly type: string;
  readonly method?: string;
  readonly message?: string;
  readonly params?: { readonly level: string; readonly text: string };
  readonly result?: Result;
}

/** The parts of answers that are read. */
interface Result {
  readonly contexts?: readonly { readonly context: string }[];
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

/** An address, an expression that is true or says something once the page has come to it, and what is asked then. */
interface Visit {
  readonly url: string;
  readonly ready: string;
  readonly then: string;
}

const [, , program, profile, visits] = process.argv;
const firefox = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0']);
const address = await new Promise<string>((found, failed) => {
  let said = '';
  firefox.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk);
    const match = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
    if (match !== null) found(match[1]);
  });
  firefox.on('exit', () => {
    failed(new Error(said));
  });
});

const socket = new WebSocket(`${address}/session`);
const waiting = new Map<number, (message: Message) => void>();
const logged: string[] = [];
let id = 0;
socket.onmessage = ({ data }) => {
  const message = JSON.parse(String(data)) as Message;
  const { method, params } = message;
  if (method === 'log.entryAdded' && params !== undefined) logged.push(`${params.level}: ${params.text}`);
  waiting.get(message.id ?? -1)?.(message);
};
await new Promise<void>((open, failed) => {
  socket.onopen = () => {
    open();
  };
  socket.onerror = () => {
    failed(new Error(`no answer at ${address}`));
  };
});

const send = (method: string, params: object): Promise<Result> =>
  new Promise((answered, failed) => {
    waiting.set(++id, (message) => {
      if (message.type === 'error') failed(new Error(`${method}: ${message.message ?? ''}`));
      else answered(message.result ?? {});
    });
    socket.send(JSON.stringify({ id, method, params }));
  });

await send('session.new', { capabilities: {} });
await send('session.subscribe', { events: ['log.entryAdded'] });
const { contexts = [] } = await send('browsingContext.getTree', {});
const { context } = contexts[0];
await send('browsingContext.setViewport', { context, viewport: { width: 1280, height: 900 } });
const results = [];
const evaluated = async (expression: string): Promise<unknown> => {
  const answer = await send('script.evaluate', { expression, target: { context }, awaitPromise: true });
  return answer.result?.value ?? answer.exceptionDetails?.text;
};
for (const { url, ready, then } of JSON.parse(readFileSync(visits, 'utf8')) as Visit[]) {
  await send('browsingContext.navigate', { context, url, wait: 'complete' });
  let value: unknown;
  for (let tries = 0; tries < 1500 && (value ?? '') === ''; tries++) {
    await new Promise((wake) => setTimeout(wake, 100));
    const found = await evaluated(ready);
    value = found === false ? undefined : found;
  }
  results.push({ value, then: await evaluated(then), logged: logged.splice(0) });
}
process.stdout.write(JSON.stringify(results));
socket.close();
firefox.kill();
process.exit(0);
