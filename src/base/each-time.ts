/** What a generator yields, made anew each time it is gone through and never in memory as a whole. */
export function eachTime<Value>(generate: () => Iterator<Value>): Iterable<Value> {
  return { [Symbol.iterator]: generate };
}
