/** A text of a drawing, and whether it is shown. */
interface Placed {
  readonly words: string;
  readonly box: DOMRect;
  readonly isShown: boolean;
}

/**
 * Of texts of a drawing that lie over each other only the first stays: figures are laid out for a wide page, and on a phone
 * names meet. Their rows are told by the pointer, and stand in the data.
 */
export function clearTexts(drawing: HTMLElement): void {
  const placed: Placed[] = [];
  for (const text of drawing.querySelectorAll<SVGElement>('.mark-text.role-mark text')) {
    const [words, box] = [text.textContent, text.getBoundingClientRect()];
    if (box.width === 0) continue;
    // A text with a halo is drawn twice.
    const twin = placed.find((other) => other.words === words && isSamePlace(other.box, box));
    const isShown = twin?.isShown ?? !placed.some((other) => other.isShown && meets(other.box, box));
    text.style.visibility = isShown ? '' : 'hidden';
    placed.push({ words, box, isShown });
  }
}

function isSamePlace(a: DOMRect, b: DOMRect): boolean {
  return Math.abs(a.left - b.left) < 2 && Math.abs(a.top - b.top) < 2;
}

function meets(a: DOMRect, b: DOMRect): boolean {
  // Half of a line may be white.
  const air = 0.25 * b.height;
  return a.left < b.right && b.left < a.right && a.top + air < b.bottom && b.top + air < a.bottom;
}
