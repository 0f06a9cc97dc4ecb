/** A text of a drawing, and whether it is shown. */
interface Placed {
  readonly words: string;
  readonly box: DOMRect;
  readonly isShown: boolean;
}

/**
 * Of texts of a drawing that lie over each other only the first stays, and one that lies over a mark moves beside it: figures
 * are laid out for a wide page, and on a phone names meet. Their rows are told by the pointer, and stand in the data.
 */
export function clearTexts(drawing: HTMLElement): void {
  const marks = [...drawing.querySelectorAll('.mark-symbol.role-mark path')].map((mark) =>
    mark.getBoundingClientRect(),
  );
  const placed: Placed[] = [];
  for (const text of drawing.querySelectorAll<SVGElement>('.mark-text.role-mark text')) {
    text.style.translate = '';
    const [words, at] = [text.textContent, text.getBoundingClientRect()];
    if (at.width === 0) continue;
    const aside = besides(at, marks);
    if (aside !== 0) text.style.translate = `${aside}px`;
    const box = new DOMRect(at.x + aside, at.y, at.width, at.height);
    // A text with a halo is drawn twice.
    const twin = placed.find((other) => other.words === words && isSamePlace(other.box, box));
    const isShown = twin?.isShown ?? !placed.some((other) => other.isShown && meets(other.box, box));
    text.style.visibility = isShown ? '' : 'hidden';
    placed.push({ words, box, isShown });
  }
}

/** How far a text has to go to the right so that a mark at its left end is not on it, in pixels. */
function besides(text: DOMRect, marks: readonly DOMRect[]): number {
  const under = marks.filter(
    (mark) => meets(mark, text) && mark.left + mark.width / 2 < text.left + text.width / 4 && mark.width < 30,
  );
  return under.length === 0 ? 0 : Math.max(...under.map(({ right }) => right + 2 - text.left));
}

function isSamePlace(a: DOMRect, b: DOMRect): boolean {
  return Math.abs(a.left - b.left) < 2 && Math.abs(a.top - b.top) < 2;
}

function meets(a: DOMRect, b: DOMRect): boolean {
  // Half of a line may be white.
  const air = 0.25 * b.height;
  return a.left < b.right && b.left < a.right && a.top + air < b.bottom && b.top + air < a.bottom;
}
