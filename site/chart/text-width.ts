let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a text is in the page's type of a size, in pixels. */
export function widthOf(text: string, size: number, isStrong = false): number {
  pen ??= document.createElement('canvas').getContext('2d');
  // Digits and letters are a little more than half as wide as high.
  if (pen === null) return 0.56 * size * text.length;
  pen.font = `${isStrong ? 700 : 400} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}
