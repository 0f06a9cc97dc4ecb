/** The files of a model that the visitor has chosen; none where the page's own is to be trained. */
export function ownFiles(form: HTMLFormElement): readonly File[] {
  const input = form.elements.namedItem('model');
  return input instanceof HTMLInputElement ? [...(input.files ?? [])] : [];
}

/** What is chosen as a model, in words; nothing where no files are. */
export function modelWords(files: readonly Pick<File, 'size'>[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return files.length === 0 ? '' : `your model of ${(bytes / 1e6).toPrecision(3)} MB`;
}
