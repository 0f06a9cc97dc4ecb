import katex from 'katex';

/**
 * TeX as HTML by KaTeX, products of symbols without the dots that mathjs writes; a line may break before a factor in
 * parentheses and between words. Throws where it is not TeX.
 */
export function typeset(tex: string, displayMode = false): string {
  const plain = tex
    .replace(/(?<!\d\s*)\\cdot\s*|\\cdot\s*(?!\d)/g, '\\,')
    .replace(/\\,(?=\\left\()/g, '\\,\\allowbreak')
    .replace(/\\text\{([^{}]*)\}/g, (_, words: string) =>
      words
        .split(/(?<=\S)(?= )/)
        .map((word) => `\\text{${word}}`)
        .join('\\allowbreak '),
    )
    // As an operator a subscript would be two children of MathML's msub, which has one.
    .replace(
      /_(?:\{\\(max|min)\}|\\(max|min)(?![a-z]))/g,
      (_, inBraces?: string, bare?: string) => `_{\\mathrm{${inBraces ?? bare ?? ''}}}`,
    );
  return katex.renderToString(plain, { displayMode, throwOnError: true, strict: 'error' });
}
