/** A subscript's size beside that of its text. */
export const subscriptScale = 0.75;

/** How far a subscript hangs below the baseline, in units of the text's size. */
const subscriptDrop = 0.22;

/** A stretch of text that stands on the baseline or below it. */
export interface TextRun {
  readonly content: string;
  readonly subscript: boolean;
}

/** The runs of a text in which "_" puts the word after it below the line: "F_λ(θ)" is F, λ below, (θ). */
export function textRuns(text: string): TextRun[] {
  return text
    .split(/_([\p{L}\p{N}]+)/u)
    .map((content, i) => ({ content, subscript: i % 2 === 1 }))
    .filter(({ content }) => content !== '');
}

/** The SVG with the subscripts of its text elements set as such. */
export function svgSubscripts(svg: string): string {
  return svg.replace(/<text\b([^>]*)>([^<]*_[^<]*)<\/text>/g, (whole, attributes: string, text: string) => {
    const size = Number(/font-size="([\d.]+)px"/.exec(attributes)?.[1]);
    const drop = (subscriptDrop * size).toFixed(2);
    let below = false;
    const spans = textRuns(text).map(({ content, subscript }) => {
      const move = subscript === below ? '' : ` dy="${subscript ? '' : '-'}${drop}"`;
      below = subscript;
      const smaller = subscript ? ` font-size="${(subscriptScale * size).toFixed(2)}px"` : '';
      return move === '' && smaller === '' ? content : `<tspan${move}${smaller}>${content}</tspan>`;
    });
    return Number.isNaN(size) ? whole : `<text${attributes}>${spans.join('')}</text>`;
  });
}

/** The text as HTML, its special characters escaped and its subscripts set as such. */
export function htmlText(text: string): string {
  return textRuns(text)
    .map(({ content, subscript }) => (subscript ? `<sub>${escapeHtml(content)}</sub>` : escapeHtml(content)))
    .join('');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
