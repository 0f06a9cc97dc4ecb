import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { mathematicsHtml } from './mathematics.js';

/**
 * The terms of docs/glossary.md in pages: `<term>gap</term>` becomes the word with its sentence, which shows on hover and
 * focus (`<term name="gap">gaps</term>` where the word differs), and `<glossary names="gap, Δ" />` a list of sentences.
 * For words of tables and labels, which would cut a sentence beside them off or take it for theirs, code gets all of them
 * in the module `virtual:glossary`, and shows that of `<button class="term" data-term="gap">` (frame/explained.ts).
 */
export function glossary(file: string): Plugin {
  const name = 'virtual:glossary';
  return {
    name: 'glossary',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      this.addWatchFile(file);
      const all = [...termsOf(readFileSync(file, 'utf8'))].map(([term, sentence]) => [term, mathematicsHtml(sentence)]);
      return `export const sentences = ${JSON.stringify(Object.fromEntries(all))};`;
    },
    transformIndexHtml: {
      order: 'pre',
      handler(html) {
        const terms = termsOf(readFileSync(file, 'utf8'));
        const sentenceOf = (name: string): string => {
          const sentence = terms.get(name);
          if (sentence === undefined) throw new Error(`docs/glossary.md has no ${name}`);
          return mathematicsHtml(sentence);
        };
        for (const [, term] of html.matchAll(/data-term="([^"]*)"/g)) sentenceOf(term);
        let shown = 0;
        return html
          .replace(/<glossary\s+names="([^"]*)"\s*\/?>(<\/glossary\s*>)?/g, (_, names: string) =>
            names
              .split(/,\s+/)
              .map((name) => `<div><dt>${mathematicsHtml(name)}</dt><dd>${sentenceOf(name)}</dd></div>`)
              .join(''),
          )
          .replace(
            /<term(?:\s+name="([^"]*)")?\s*>([\s\S]*?)<\/term\s*>([.,:;)]*)/g,
            (_, name: string | undefined, word: string, sign: string) => {
              const id = `term-${++shown}`;
              const text = word.replace(/\s+/g, ' ').trim();
              return `<span class="termed"><button type="button" class="term" aria-describedby="${id}">${mathematicsHtml(text)}</button><span class="term-text" role="tooltip" id="${id}">${sentenceOf(name ?? text)}</span>${sign}</span>`;
            },
          );
      },
    },
  };
}

function termsOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^- \*\*(.+)\*\*: (.+)$/gm)].map(([, name, sentence]) => [name, sentence]));
}
