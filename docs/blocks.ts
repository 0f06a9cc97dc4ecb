import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a page quotes of a command's output: a fence below `<!-- command: … -->`, which begins with the command itself.
 * Below `<!-- slow command: … -->` stands what takes minutes, or is the clock's and never twice the same.
 */
const marked = /<!-- (slow )?command: (.*) -->\n```\n[^]*?```\n/g;

const root = new URL('..', import.meta.url).pathname;

/**
 * The page with the output of its commands as they print it now. They run one after the other in a folder of the page's
 * own, so that one may read what another wrote; those of npm and npx in the checkout.
 * Throws where a command fails.
 * @param page Markdown
 * @param slow whether the slow commands run too; without, their blocks stay as they are
 */
export function filled(page: string, slow: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgetting-docs-'));
  for (const name of ['forgetting.js', 'examples']) symlinkSync(join(root, name), join(folder, name));
  try {
    return page.replace(marked, (block, slowly: string | undefined, command: string) => {
      if (slowly !== undefined && !slow) return block;
      const cwd = /^np[mx] /.test(command) ? root : folder;
      const printed = execFileSync('bash', ['-c', command], {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const lines = printed.replaceAll(/ +$/gm, '').trimEnd();
      return `<!-- ${slowly ?? ''}command: ${command} -->\n\`\`\`\n$ ${command}\n${lines === '' ? '' : `${lines}\n`}\`\`\`\n`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
