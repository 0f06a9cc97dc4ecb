/**
 * A text of a plot whose formulas are set as formulas: what follows an underscore is a subscript, letters before it are
 * italic. `F_λ(θ_t)` and `f_SFT*` are read so.
 */
export function formulaText(text: string): string {
  return text.replace(
    /(\p{L})(\*?)_(SFT|DPO|max|[\p{L}\d])(\*?)/gu,
    (_, letter: string, star: string, below: string, starBehind: string) =>
      `<tspan font-style="italic">${letter}</tspan>${star}<tspan dy="0.3em" font-size="75%">${below}</tspan><tspan dy="-0.225em">${starBehind === '' ? '\u200b' : starBehind}</tspan>`,
  );
}
