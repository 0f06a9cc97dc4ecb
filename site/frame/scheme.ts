const system = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now: as chosen by the button of the frame, or else as the system is. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.scheme ?? '';
  return chosen === '' ? system.matches : chosen === 'dark';
}

/**
 * Calls back whenever the page turns dark or light.
 * @returns ends that
 */
export function onSchemeChange(changed: () => void): () => void {
  let before = isDark();
  const compare = (): void => {
    if (isDark() === before) return;
    before = !before;
    changed();
  };
  system.addEventListener('change', compare);
  const chosen = new MutationObserver(compare);
  chosen.observe(document.documentElement, { attributeFilter: ['data-scheme'] });
  return () => {
    system.removeEventListener('change', compare);
    chosen.disconnect();
  };
}
