import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { dataAlone } from './build/data-alone.js';
import { glossary } from './build/glossary.js';
import { formulas } from './build/formulas.js';
import { framed } from './build/framed.js';
import { nodeOnly } from './build/node-only.js';
import { pages } from './build/pages.js';
import { results } from './build/results.js';
import { statements } from './build/statements.js';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where the results are that the site shows. */
const resultsFolder = process.env.FORGETTING_RESULTS ?? file('../figures/rendered');

const theory = statements({ theory: file('../docs/theory.md'), verdicts: join(resultsFolder, 'verdicts.json') });

/** The site: static pages that work from any path of any server, and without a network. */
export default defineConfig({
  root: file('.'),
  base: './',
  resolve: { alias: { 'mathjs/lib/browser/math.js': file('build/parser.ts') } },
  plugins: [
    nodeOnly(),
    dataAlone(),
    glossary(file('../docs/glossary.md')),
    framed(),
    formulas(),
    results(resultsFolder),
    theory,
  ],
  worker: { format: 'es', plugins: () => [nodeOnly()] },
  build: {
    outDir: file('dist'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: pages.map(({ file: page }) => file(page)) },
  },
});
