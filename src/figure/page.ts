import { escapeHtml, htmlText } from './scripts.js';

/** A figure on the page. */
export interface PageFigure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly command: string;
  readonly seed: number;
}

/** A figure that was not drawn, and why. */
export interface SkippedFigure {
  readonly name: string;
  readonly reason: string;
}

/** The page that shows all figures with their captions, and says which are missing and why. */
export function pageHtml(figures: readonly PageFigure[], skipped: readonly SkippedFigure[], version: string): string {
  const shown = figures.map(
    ({ name, title, caption, command, seed }) => `<figure id="${name}">
<h2>${htmlText(title)}</h2>
<a href="${name}.svg"><img src="${name}.png" alt="${htmlText(title)}"></a>
<figcaption>
<p>${htmlText(caption)}</p>
<p class="made"><code>${command}</code> · seed ${seed} · <a href="${name}.svg">SVG</a> <a href="${name}.png">PNG</a> <a href="${name}.csv">CSV</a> <a href="${name}.vl.json">Vega-Lite</a></p>
</figcaption>
</figure>`,
  );
  const missing = skipped.map(
    ({ name, reason }) => `<p class="skipped"><b>${name}</b> was skipped: ${escapeHtml(reason)}</p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>forgetting: figures</title>
<style>
body { font: 16px/1.5 Inter, 'Helvetica Neue', Arial, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
figure { margin: 0 0 3.5rem; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
img { max-width: 100%; height: auto; border: 1px solid #e8e8e8; }
figcaption p { margin: .5rem 0 0; }
sub, sup { line-height: 0; }
.made, .skipped { color: #555; font-size: .9rem; }
</style>
<h1>forgetting: figures</h1>
${[...shown, ...missing].join('\n')}
<p class="made">forgetting ${version}</p>
</html>
`;
}
