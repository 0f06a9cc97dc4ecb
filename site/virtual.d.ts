declare module 'virtual:glossary' {
  /** The sentence of every term of docs/glossary.md as HTML, by the term. */
  export const sentences: Readonly<Record<string, string>>;
}

declare module 'virtual:formulas' {
  /** Every theorem's statement as HTML, by its id. */
  export const statements: Readonly<Record<string, string>>;
  /** The symbol of every constant as HTML, by its name. */
  export const constants: Readonly<Record<string, string>>;
}
