import { defineConfig } from 'vite';
import { formulas } from './build/formulas.js';
import { framed } from './build/framed.js';
import { pages } from './build/pages.js';

const file = (name: string): string => new URL(name, import.meta.url).pathname;

/** The site: static pages that work from any path of any server, and without a network. */
export default defineConfig({
  root: file('.'),
  base: './',
  plugins: [framed(), formulas()],
  worker: { format: 'es' },
  build: {
    outDir: file('dist'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: pages.map(({ file: page }) => file(page)) },
  },
});
