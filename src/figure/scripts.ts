/** A subscript's or superscript's size beside that of its text. */
export const scriptScale = 0.75;

/** How far below the baseline each stands, in units of the text's size. */
const drop = { sub: 0.22, super: -0.36 } as const;

/** A stretch of text on the baseline, below or above it. */
export interface TextRun {
  readonly content: string;
  readonly position: 'base' | 'sub' | 'super';
}

/**
 * The runs of a text in which "_" puts the word after it below the line and "^" the word or signed number after it
 * above: "F_λ(θ) = 10^−2".
 */
export function textRuns(text: string): TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  for (const match of text.matchAll(/_([\p{L}\p{N}]+)|\^([−*]?[\p{L}\p{N}]*)/gu)) {
    runs.push({ content: text.slice(end, match.index), position: 'base' });
    const below = match[1] as string | undefined;
    runs.push(below === undefined ? { content: match[2], position: 'super' } : { content: below, position: 'sub' });
    end = match.index + match[0].length;
  }
  runs.push({ content: text.slice(end), position: 'base' });
  return runs.filter(({ content }) => content !== '');
}

/** The SVG with the subscripts and superscripts of its text elements set as such. */
export function svgScripts(svg: string): string {
  return svg.replace(/<text\b[^>]*font-size="([\d.]+)px"[^>]*>.*?<\/text>/gs, (element, size: string) =>
    element.replace(/(?<=>)[^<]*[_^][^<]*(?=<)/g, (line) => scriptSpans(line, Number(size))),
  );
}

/** A line of SVG text of a size in pixels, already escaped, with its subscripts and superscripts as spans. */
export function scriptSpans(text: string, size: number): string {
  let height = 0;
  return textRuns(text)
    .map(({ content, position }) => {
      const wanted = position === 'base' ? 0 : drop[position] * size;
      const move = wanted === height ? '' : ` dy="${(wanted - height).toFixed(2)}"`;
      height = wanted;
      const smaller = position === 'base' ? '' : ` font-size="${(scriptScale * size).toFixed(2)}px"`;
      return move === '' ? content : `<tspan${move}${smaller}>${content}</tspan>`;
    })
    .join('');
}

/** The text as HTML, its special characters escaped and its subscripts and superscripts set as such. */
export function htmlText(text: string): string {
  return textRuns(text)
    .map(({ content, position }) => {
      const escaped = escapeHtml(content);
      return position === 'base' ? escaped : position === 'sub' ? `<sub>${escaped}</sub>` : `<sup>${escaped}</sup>`;
    })
    .join('');
}

/** The text with HTML's special characters escaped. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The text that escaped HTML without tags stands for. */
export function unescapeHtml(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
