import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What a page quotes of a command's output: a fence below `<!-- command: … -->`, which begins with the command itself.
 * Below `<!-- slow command: … -->` stands what takes minutes, or is the clock's and never twice the same.
 */
const marked = /<!-- (slow )?command: (.*) -->\n```\n[^]*?```\n/g;

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a command prints on standard output in a folder; throws where it fails. */
export type RunsCommand = (command: string, folder: string) => string | Promise<string>;

/** Runs a command in a shell. */
export const inShell: RunsCommand = (command, cwd) =>
  execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/**
 * The page with the output of its commands as they print it now. They run one after the other in a folder of the page's
 * own, so that one may read what another wrote; those of npm and npx in the checkout.
 * Throws where a command fails.
 * @param page Markdown
 * @param slow whether the slow commands run too; without, their blocks stay as they are
 */
export async function filled(page: string, slow: boolean, run: RunsCommand = inShell): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'forgetting-docs-'));
  for (const name of ['forgetting.js', 'examples']) symlinkSync(join(root, name), join(folder, name));
  try {
    let [text, end] = ['', 0];
    for (const { 0: block, 1: slowly, 2: command, index } of page.matchAll(marked) as Iterable<CommandBlock>) {
      text += page.slice(end, index);
      end = index + block.length;
      text += slowly === undefined || slow ? await written(slowly ?? '', command) : block;
    }
    return text + page.slice(end);
  } finally {
    rmSync(folder, { recursive: true });
  }

  async function written(slowly: string, command: string): Promise<string> {
    const printed = await run(command, /^np[mx] /.test(command) ? root : folder);
    const lines = printed.replaceAll(/ +$/gm, '').trimEnd();
    return `<!-- ${slowly}command: ${command} -->\n\`\`\`\n$ ${command}\n${lines === '' ? '' : `${lines}\n`}\`\`\`\n`;
  }
}

/** A block of a page: all of it, whether it is slow, and its command. */
interface CommandBlock {
  readonly 0: string;
  readonly 1: string | undefined;
  readonly 2: string;
  readonly index: number;
}
