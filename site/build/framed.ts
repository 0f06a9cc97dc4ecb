import type { Plugin } from 'vite';
import { pages } from './pages.js';

/** Puts every page into the frame: head, header with the navigation, footer. A page file holds its title and `<main>`. */
export function framed(): Plugin {
  return {
    name: 'framed',
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { path }) =>
        html
          .replace('<head>', `<head>${head}`)
          .replace('<body>', `<body>${header(path.split('/').pop() ?? 'index.html')}`)
          .replace('</body>', `${footer}</body>`),
    },
  };
}

// The scheme chosen earlier is set before anything is painted.
const head = `
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon())}" />
    <script>
      try { document.documentElement.dataset.scheme = localStorage.getItem('scheme') ?? ''; } catch {}
    </script>
    <script type="module" src="./frame/frame.ts"></script>`;

function header(current: string): string {
  const links = pages.map(
    ({ file, name }) => `<a href="./${file}"${file === current ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `
    <a class="skip" href="#main">Skip to the content</a>
    <header class="site-header">
      <a class="wordmark" href="./index.html">${icon()}forgetting</a>
      <nav aria-label="Pages">${links.join('')}</nav>
      <button class="scheme" type="button" aria-label="Colour scheme" hidden></button>
    </header>`;
}

const footer = `
    <footer class="site-footer">
      <p>
        The theory: <a href="https://arxiv.org/abs/2410.15483">arXiv 2410.15483</a>. Everything here is computed by
        the code of the <code>forgetting</code> command line, in this page, with no server. What that code exports:
        <a href="./api/index.html">the library</a>.
      </p>
    </footer>`;

/** Two ellipses that disagree. */
function icon(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" fill="none" stroke-width="2.6"><ellipse cx="12" cy="18" rx="9.5" ry="6" transform="rotate(-35 12 18)" stroke="#0072B2"/><ellipse cx="20.5" cy="14" rx="9.5" ry="6" transform="rotate(35 20.5 14)" stroke="#D55E00"/></svg>`;
}
