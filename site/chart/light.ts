/**
 * Whatever says by `data-schedule` or `data-remedy` what it shows lights up everywhere on its page while the pointer is on
 * it or it has the focus: the others grow faint.
 */
export function lightUp(root: HTMLElement): void {
  const rule = document.createElement('style');
  document.head.append(rule);
  const light = (event: Event): void => {
    const found =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-schedule], [data-remedy]') : null;
    const name = found?.dataset.schedule ?? found?.dataset.remedy;
    rule.textContent = name === undefined || !root.contains(found) ? '' : faint('', name);
  };
  for (const kind of ['pointerover', 'focusin']) root.addEventListener(kind, light);
  root.addEventListener('pointerleave', () => {
    rule.textContent = '';
  });
}

/** A rule by which the marks below a selector that show anything but one schedule or remedy are faint. */
export function faint(within: string, name: string): string {
  const others = ['schedule', 'remedy'].map(
    (kind) => `${within} .plot [data-${kind}]:not([data-schedule="${name}"], [data-remedy="${name}"])`,
  );
  return `${others.join(', ')} { opacity: 0.13; }`;
}
