import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { Provenance } from '../../src/figure/figure.js';
import { drawings } from '../../figures/index.js';
import { escapeHtml, htmlText } from '../../src/figure/scripts.js';

/** What a figure's .vl.json says of itself. */
interface Described {
  readonly title: { readonly subtitle?: string | readonly string[] };
  readonly usermeta: Provenance & { readonly title: string; readonly caption: string };
}

/** Where the figures' files lie below the site. */
const served = 'results';

/**
 * Puts the results of `forgetting reproduce` into the site: their files as they are, and `<figures></figures>` of a page
 * as a list of empty figures with captions, which the page's script draws.
 * @param folder where the results are; a figure is whatever has a <name>.vl.json there
 */
export function results(folder: string): Plugin {
  const names = existsSync(folder) ? inOrder(figuresIn(folder)) : [];
  if (names.length === 0) throw new Error(`no figures in ${folder}: run forgetting reproduce --out ${folder} first`);
  return {
    name: 'results',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replace('<figures></figures>', () => {
          const figures = names.map((name) => ({ name, ...described(folder, name) }));
          const links = figures.map(({ name, usermeta }) => `<a href="#${name}">${htmlText(usermeta.title)}</a>`);
          return `<nav class="index" aria-label="Figures">${links.join('')}</nav>
<div class="figures">${figures.map(figureHtml).join('')}</div>`;
        }),
    },
    generateBundle() {
      for (const name of names) {
        for (const file of [`${name}.vl.json`, `${name}.csv`, `${name}.svg`]) {
          this.emitFile({ type: 'asset', fileName: `${served}/${file}`, source: readFileSync(join(folder, file)) });
        }
      }
    },
  };
}

function figuresIn(folder: string): string[] {
  return readdirSync(folder).flatMap((file) => /^(.*)\.vl\.json$/.exec(file)?.[1] ?? []);
}

/** The figures in the order of the registry, others after them. */
function inOrder(names: readonly string[]): string[] {
  const registered = drawings.map(({ name }) => name);
  const known = registered.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !registered.includes(name)).sort()];
}

function described(folder: string, name: string): Described {
  return JSON.parse(readFileSync(join(folder, `${name}.vl.json`), 'utf8')) as Described;
}

function figureHtml({ name, title, usermeta }: Described & { readonly name: string }): string {
  const { caption, command, seed, version } = usermeta;
  const subtitle = [title.subtitle ?? []].flat().join(' ');
  return `
<figure class="panel figure" id="${name}" data-figure="${served}/${name}.vl.json" aria-labelledby="${name}-title">
  <h2 id="${name}-title">${htmlText(usermeta.title)}</h2>
  ${subtitle === '' ? '' : `<p class="subtitle">${htmlText(subtitle)}</p>`}
  <div class="drawing" role="group" aria-labelledby="${name}-title" aria-describedby="${name}-caption"></div>
  <img class="still" src="./${served}/${name}.svg" alt="" loading="lazy" vite-ignore />
  <figcaption>
    <p id="${name}-caption">${htmlText(caption)}</p>
    <p class="made"><code>${escapeHtml(command)}</code> · seed ${seed} · version ${escapeHtml(version)} · <a href="./${served}/${name}.csv" download>CSV</a> · <a href="./${served}/${name}.vl.json" download>Vega-Lite</a></p>
  </figcaption>
</figure>`;
}
