/** The text of the token that ends texts. */
export const endOfText = '<|endoftext|>';

/** That token as an entry of the `added_tokens` of a tokenizer.json: it is never split, and taken as it stands. */
export function endOfTextEntry(id: number): Record<string, unknown> {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return { id, content: endOfText, ...flags };
}
