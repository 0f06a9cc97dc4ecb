import { InputError } from './input-error.js';

/** Throws an InputError where an object of a JSON text has a field twice: JSON.parse takes the last without a word. */
export function requireFieldsOnce(text: string, path: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const quoted = token.slice(0, token.lastIndexOf('"') + 1);
      const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      const names = open.at(-1);
      if (names?.has(name) === true) throw new InputError(`${path}: ${name}`, 'a second value', 'every field once');
      names?.add(name);
    }
  }
}
