import { escapeHtml } from '../../src/figure/scripts.js';

// docs/theory.md writes its mathematics in plain characters, to be read in an editor as well as here.
const symbol = /[Α-ΡΤ-Ωα-ωℓ∇ΣΠ∞√‖⟨⟩≤≥≠≈∈⊆⪰←↦−+±∓=<>·×²³½¼°′⁻⁺ᵀ∗⁰₀-₉^_|]/u;

/** Names of functions, upright in formulas. */
const functions = new Set(['min', 'max', 'log', 'exp', 'argmin', 'diam', 'tr', 'null', 'Var', 'mean']);

/** What is a formula without any symbol in it: x, F(u), w/m, wM, GD0. */
const product = /^([b-zB-Zē]\)?|\p{L}\(\p{L}\)|[a-z]\/[a-z]|[a-z][A-Z]|[A-Z]{1,2}0)$/u;

/** Marks that combine with the letter before, as the signs that are set above it. */
const accents: Readonly<Record<string, string>> = { '\u0302': 'ˆ', '\u0303': '˜', '\u0304': 'ˉ' };

/** A word as it stands in the text: in a formula for sure, in one if it is next to one, or prose. */
type Membership = 'formula' | 'neighbour' | 'prose';

/** Text as HTML in which formulas are set in their own font, variables italic, scripts where they belong. */
export function mathematicsHtml(text: string): string {
  // A script in braces is one piece whatever spaces it has; the 's of a possessive is a piece of its own.
  const pieces = text.split(/((?<![_^]\{[^{}]*)\s+|(?<=[^\s-])-(?=\p{L}{3})|(?<=\S)(?=['’]s(?:[\s.,:;)]|$)))/u);
  const membership = pieces.map((piece) => (/^(\s+|-)?$/.test(piece) ? undefined : membershipOf(piece)));
  // Before a word of prose an a is the article.
  for (const [i, piece] of pieces.entries()) {
    if (piece === 'a' && membership.slice(i + 1).find((next) => next !== undefined) === 'prose')
      membership[i] = 'prose';
  }
  const spread = (from: readonly number[]): void => {
    let beside = false;
    for (const i of from) {
      if (membership[i] === undefined) beside &&= pieces[i] !== '-';
      else {
        if (membership[i] === 'neighbour' && beside) membership[i] = 'formula';
        beside = membership[i] === 'formula' && !endsPhrase(pieces[i], from[0] === 0);
      }
    }
  };
  spread(pieces.map((_, i) => i));
  spread(pieces.map((_, i) => pieces.length - 1 - i));
  return pieces
    .map((piece, i) =>
      membership[i] === 'formula' ? `<span class="math">${formulaHtml(piece)}</span>` : escapeHtml(piece),
    )
    .join('');
}

/** Whether a formula ends at this word, so that what follows in that direction is no part of it. */
function endsPhrase(word: string, forwards: boolean): boolean {
  return forwards && /[.:;]$/.test(word);
}

function membershipOf(word: string): Membership {
  const core = word.replace(/^[("“[]+|[".,:;”]+$/g, '');
  if (/^[\p{Lu}]{2,}[→–]\p{Lu}{2,}/u.test(core) || core === '–' || core === '∎') return 'prose';
  if (symbol.test(core) || product.test(core)) return 'formula';
  const runs = core.match(/\p{L}+/gu) ?? [];
  if (!runs.every((run) => run.length === 1 || functions.has(run))) return 'prose';
  return /[\d/(){}…]/.test(core) || functions.has(core) || core === 'a' ? 'neighbour' : 'prose';
}

/** A formula without spaces as HTML. */
function formulaHtml(text: string): string {
  const parts = text.matchAll(
    /(?<script>[_^](?:\{(?<group>[^}]*)\}|(?<word>DPO|SFT|max|min|target|chosen|rejected|−?\d+|\p{L}|∗)))|(?<letters>(?:[A-Za-zĀ-ſ]\p{M}*)+)(?<index>\d(?![\d.]))?|(?<greek>[α-ωℓ]\p{M}*)|./gsu,
  );
  return [...parts]
    .map(({ 0: all, groups = {} }) => {
      const { script, group, word, letters, index, greek } = groups as Partial<Record<string, string>>;
      if (script !== undefined) {
        const tag = script.startsWith('_') ? 'sub' : 'sup';
        return `<${tag}>${formulaHtml(group ?? word ?? '')}</${tag}>`;
      }
      if (letters !== undefined) return `${lettersHtml(letters)}${index === undefined ? '' : `<sub>${index}</sub>`}`;
      if (greek !== undefined) return `<i>${accentedHtml(greek)}</i>`;
      return all === '∗' ? '<sup>∗</sup>' : escapeHtml(all);
    })
    .join('');
}

/** Names of functions and objectives upright, products of variables italic. */
function lettersHtml(letters: string): string {
  return functions.has(letters) || /^(DPO|SFT|err|high|low|target|chosen|rejected)$/.test(letters)
    ? letters
    : `<i>${accentedHtml(letters)}</i>`;
}

/** Letters with the accents placed here: fonts of mathematics have no marks that combine, and other fonts misplace them. */
function accentedHtml(letters: string): string {
  return letters.normalize('NFD').replace(/(\p{L})([\u0302-\u0304])/gu, (_, letter: string, mark: string) => {
    const height = /[acegm-su-z]/.test(letter) ? 'low' : 'tall';
    // A word joiner: no line ends between a letter and its scripts or brackets.
    return `<span class="accented ${height}">${letter}<span class="accent">${accents[mark]}</span></span>\u2060`;
  });
}
