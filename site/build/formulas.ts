import type { Plugin } from 'vite';
import { theorems } from '../../src/theory/registry.js';
import { constantTable } from '../../src/theory/constants.js';
import { unescapeHtml } from '../../src/figure/scripts.js';
import { typeset } from './typeset.js';

/** What a module gets that imports `virtual:formulas`: the HTML of formulas that code shows. */
export interface Formulas {
  /** Every theorem's statement, by its id. */
  readonly statements: Readonly<Record<string, string>>;
  /** The symbol of every constant, by its name. */
  readonly constants: Readonly<Record<string, string>>;
}

/**
 * Formulas are set in type when the site is built: `<tex>…</tex>` and `<tex display>…</tex>` in pages, and those of the
 * theorems in the module `virtual:formulas`. Pages carry KaTeX's style sheet and fonts, and none of its code.
 */
export function formulas(): Plugin {
  const name = 'virtual:formulas';
  return {
    name: 'formulas',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replace(/<tex( display)?\s*>([\s\S]*?)<\/tex\s*>/g, (_, display: string | undefined, text: string) =>
          typeset(unescapeHtml(text), display !== undefined),
        ),
    },
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const formulas: Formulas = {
        statements: Object.fromEntries(theorems.map(({ id, statement }) => [id, typeset(statement)])),
        constants: Object.fromEntries(Object.entries(constantTable).map(([key, { tex }]) => [key, typeset(tex)])),
      };
      return Object.entries(formulas)
        .map(([key, value]) => `export const ${key} = ${JSON.stringify(value)};`)
        .join('\n');
    },
  };
}
