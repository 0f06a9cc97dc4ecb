/** Options of a command line by how they take a value: none, one, or one that may be left out. */
export interface LeftOut {
  readonly flags?: readonly string[];
  readonly valued?: readonly string[];
  readonly optional?: readonly string[];
}

/** The words of a command line without some options and their values; names are without dashes. */
export function withoutOptions(
  words: readonly string[],
  { flags = [], valued = [], optional = [] }: LeftOut,
): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [name] = words[i].startsWith('--') ? words[i].slice(2).split('=') : [''];
    const joined = words[i].includes('=');
    if (flags.includes(name)) continue;
    if (!valued.includes(name) && !optional.includes(name)) kept.push(words[i]);
    else if (!joined && (valued.includes(name) || !(words[i + 1] ?? '-').startsWith('-'))) i++;
  }
  return kept;
}
