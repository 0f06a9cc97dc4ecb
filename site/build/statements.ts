import { existsSync, readFileSync } from 'node:fs';
import { Marked, type Tokens } from 'marked';
import type { Plugin } from 'vite';
import { constantTable } from '../../src/theory/constants.js';
import { theorems } from '../../src/theory/registry.js';
import type { StatementVerdict } from '../../src/theory/verify/summary.js';
import type { Kind, Theorem } from '../../src/theory/theorem.js';
import { escapeHtml, htmlText, unescapeHtml } from '../../src/figure/scripts.js';
import { mathematicsHtml } from './mathematics.js';
import { typeset } from './typeset.js';

/** A file of verdicts as `forgetting verify --verdicts` writes it. */
interface Verdicts {
  readonly version: string;
  readonly command: string;
  readonly statements: readonly StatementVerdict[];
}

const kinds: Readonly<Record<Kind, string>> = {
  tight: 'upper bound, attained',
  upper: 'upper bound',
  lower: 'lower bound',
  exact: 'equality',
};

/**
 * Puts the statements into their page: `<statements></statements>` becomes a card for every theorem of the registry with
 * its latest verdict, `<theory></theory>` docs/theory.md, where the cards' proofs are.
 * @param theory the path of docs/theory.md
 * @param verdicts the path of the verdicts; where there is no such file the page says that nothing was verified yet
 */
export function statements({ theory, verdicts }: { theory: string; verdicts: string }): Plugin {
  return {
    name: 'statements',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => {
        if (!html.includes('<statements></statements>')) return html;
        const found = existsSync(verdicts) ? (JSON.parse(readFileSync(verdicts, 'utf8')) as Verdicts) : undefined;
        const document = readFileSync(theory, 'utf8');
        return html
          .replace('<statements></statements>', () => statementsHtml(document, found))
          .replace('<theory></theory>', () => theoryHtml(document));
      },
    },
  };
}

function statementsHtml(document: string, verdicts: Verdicts | undefined): string {
  const letters = [...new Set(theorems.map(({ id }) => id[0]))];
  const groups = letters.map((letter) => {
    const cards = theorems.filter(({ id }) => id.startsWith(letter)).map((theorem) => cardHtml(theorem, verdicts));
    return `<section><h2>${letter}: ${escapeHtml(headingOf(document, letter))}</h2><div class="cards">${cards.join('')}</div></section>`;
  });
  const source =
    verdicts === undefined
      ? 'Not verified yet: there is no file of verdicts.'
      : `Verdicts of <code>${escapeHtml(verdicts.command)}</code>, version ${escapeHtml(verdicts.version)}.`;
  return `<p class="source">${source}</p>${groups.join('')}`;
}

/** The name of a letter's section in the theory. */
function headingOf(document: string, letter: string): string {
  const heading =
    new RegExp(`^## (?:${letter}: )(.*)$`, 'm').exec(document)?.[1] ?? (letter === 'R' ? 'rates' : undefined);
  if (heading === undefined) throw new Error(`docs/theory.md has no section ${letter}`);
  return heading[0].toUpperCase() + heading.slice(1);
}

function cardHtml({ id, kind, statement, reference, needs }: Theorem, verdicts: Verdicts | undefined): string {
  const constants = needs.map((name) => {
    const { tex, meaning } = constantTable[name];
    return `<dt>${typeset(tex)}</dt><dd>${mathematicsHtml(meaning)}</dd>`;
  });
  return `
<article class="panel card" id="${id}">
  <h3><code>${id}</code> <span class="kind">${kinds[kind]}</span></h3>
  <div class="formula" tabindex="0" role="region" aria-label="Formula of ${id}">${typeset(statement, true)}</div>
  ${verdictHtml(verdicts?.statements.find((verdict) => verdict.id === id))}
  <p class="reference">${mathematicsHtml(reference)} · <a href="#proof-${id}">Proof</a></p>
  ${constants.length === 0 ? '' : `<details><summary>Constants</summary><dl>${constants.join('')}</dl></details>`}
</article>`;
}

function verdictHtml(verdict: StatementVerdict | undefined): string {
  if (verdict === undefined) return '<p class="verdict">Not verified yet</p>';
  const { hold, fail, notApplicable, closest } = verdict;
  const silent = notApplicable === 0 ? '' : `, silent on ${notApplicable}`;
  const checks = `<strong>${fail === 0 ? '✓ Holds' : '✗ Fails'}</strong> in ${fail === 0 ? hold : fail} of ${hold + fail} checks${silent}`;
  const near =
    closest === null
      ? ''
      : `; closest: ${Number(closest.ratio.toPrecision(3))} of the bound, on ${htmlText(closest.problem)}, λ = ${closest.lambda}${closest.steps === null ? '' : `, T = ${closest.steps}`}`;
  return `<p class="verdict ${fail === 0 ? 'holds' : 'fails'}">${checks}${near}</p>`;
}

/** docs/theory.md as HTML: its mathematics set, the place of every statement's proof marked. */
function theoryHtml(document: string): string {
  const places = new Set<string>();
  const headings: string[] = [];
  // The text before the lettered sections names some ids as examples.
  const inProofs = (): boolean => headings.some((heading) => /^[A-Z]: /.test(heading));
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        // Without mathematics: a section's letter is a name, and no variable.
        const text = withoutTags(this.parser.parseInline(tokens));
        headings.push(text);
        // The page's own heading is above; the document's title is left out.
        if (depth === 1) return '';
        const tag = `h${depth + 1}`;
        // A part for each section, in columns of its own where the window is wide.
        return `${depth === 2 ? '</div>\n<div class="part">' : ''}<${tag} id="${anchorOf(text)}">${text}</${tag}>\n`;
      },
      text(token) {
        return 'tokens' in token ? this.parser.parseInline(token.tokens) : mathematicsHtml(unescapeHtml(token.text));
      },
      paragraph(token: Tokens.Paragraph) {
        const content = this.parser.parseInline(token.tokens);
        return `<p${/^ /.test(token.raw) ? ' class="displayed"' : ''}>${content}</p>\n`;
      },
      codespan({ text }) {
        const code = `<code>${escapeHtml(text)}</code>`;
        if (!theorems.some(({ id }) => id === text)) return code;
        if (!inProofs() || places.has(text)) return `<a href="#${text}">${code}</a>`;
        places.add(text);
        return `<a class="place" id="proof-${text}" href="#${text}">${code}</a>`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return /^(https?:|#)/.test(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text;
      },
      table(token) {
        const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td'): string =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
        return scrolling(
          'Table',
          `<table><thead>${row(token.header, 'th')}</thead><tbody>${token.rows.map((cells) => row(cells, 'td')).join('')}</tbody></table>`,
        );
      },
      code({ text }) {
        const command = /^\$ (.*)/.exec(text)?.[1];
        return scrolling(
          command === undefined ? 'Code' : `Output of ${command}`,
          `<pre><code>${escapeHtml(text)}</code></pre>`,
        );
      },
    },
  });
  const html = `<div class="part">${marked.parse(document, { async: false })}</div>`;
  const unproved = theorems.filter(({ id }) => !places.has(id)).map(({ id }) => id);
  if (unproved.length > 0) throw new Error(`docs/theory.md names no ${unproved.join(', ')} in its proofs`);
  return html;
}

/** What may be wider than the page, in a box of its own that scrolls, by the keyboard too. */
function scrolling(label: string, html: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}">${html}</div>\n`;
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** The text of HTML, its entities kept. */
function withoutTags(html: string): string {
  return html.replace(/<[^>]*>/g, '');
}
