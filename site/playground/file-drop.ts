import type { FileChoice } from './state.js';

/** Takes a file that is dropped anywhere on the page, or chosen by one of the choosers. */
export function fileDrop(
  sign: HTMLElement,
  choosers: readonly HTMLInputElement[],
  taken: (file: FileChoice) => void,
): void {
  const take = (files: FileList | null | undefined): void => {
    const file = files?.item(0) ?? undefined;
    if (file === undefined) return;
    void file.text().then((text) => {
      taken({ name: file.name, text });
    });
  };
  const holdsFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  addEventListener('dragover', (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    sign.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) sign.hidden = true;
  });
  addEventListener('drop', (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    sign.hidden = true;
    take(event.dataTransfer?.files);
  });
  for (const chooser of choosers) {
    chooser.addEventListener('change', () => {
      take(chooser.files);
      chooser.value = '';
    });
  }
}
