/**
 * Whatever says by `data-schedule` or `data-remedy` what it shows lights up everywhere on its page while the pointer is on
 * it or it has the focus: the others grow faint.
 */
export function lightUp(root: HTMLElement): void {
  const rule = document.createElement('style');
  document.head.append(rule);
  // What the pointer is on goes first; what has the focus stays lit where the page moves below a pointer at rest.
  const lit: { pointer?: string | undefined; focus?: string | undefined } = {};
  const light = (by: 'pointer' | 'focus', event?: Event): void => {
    const found =
      event?.target instanceof Element ? event.target.closest<HTMLElement>('[data-schedule], [data-remedy]') : null;
    lit[by] = root.contains(found) ? (found?.dataset.schedule ?? found?.dataset.remedy) : undefined;
    const name = lit.pointer ?? lit.focus;
    rule.textContent = name === undefined ? '' : faint('', name);
  };
  root.addEventListener('pointerover', (event) => {
    light('pointer', event);
  });
  root.addEventListener('pointerleave', () => {
    light('pointer');
  });
  root.addEventListener('focusin', (event) => {
    light('focus', event);
  });
  root.addEventListener('focusout', () => {
    light('focus');
  });
}

/** A rule by which the marks below a selector that show anything but one schedule or remedy are faint. */
export function faint(within: string, name: string): string {
  const others = ['schedule', 'remedy'].map(
    (kind) => `${within} .plot [data-${kind}]:not([data-schedule="${name}"], [data-remedy="${name}"])`,
  );
  return `${others.join(', ')} { opacity: 0.13; }`;
}
