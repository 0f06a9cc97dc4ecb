/** About `perDecade` whole numbers a decade from `first` to `last`, both included, evenly on a log scale. */
export function logSpaced(first: number, last: number, perDecade: number): number[] {
  const count = Math.max(1, Math.round(perDecade * Math.log10(last / first)));
  const values = Array.from({ length: count + 1 }, (_, i) => Math.round(first * (last / first) ** (i / count)));
  return [...new Set(values)];
}

/** `count` numbers from `first` to `last`, both included, evenly spaced. */
export function evenlySpaced(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
}
