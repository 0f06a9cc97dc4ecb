/** A page of the site. */
export interface Page {
  readonly file: string;
  /** Its name in the navigation. */
  readonly name: string;
}

/** Every page, in the order of the navigation. A new one is an HTML file and a line here. */
export const pages: readonly Page[] = [
  { file: 'index.html', name: 'Story' },
  { file: 'playground.html', name: 'Playground' },
  { file: 'figures.html', name: 'Figures' },
  { file: 'results.html', name: 'Results' },
  { file: 'language-model.html', name: 'Language model' },
  { file: 'statements.html', name: 'Statements' },
];
