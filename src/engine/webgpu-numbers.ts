type UniformNumbers = Readonly<Record<string, number>>;

/** How numbers reach a WGSL program. */
export interface NumberUniforms {
  /** Their fields of the program's uniforms. */
  readonly declarations: string;
  /** Statements after which the code knows each number by its name. */
  readonly names: string;
  /** Their values, as tfjs takes them. */
  readonly values: { readonly type: string; readonly data: number[] }[];
}

/** The uniforms that hold numbers by the name under which the code reads them. */
export function numberUniforms(integers: UniformNumbers, floats: UniformNumbers): NumberUniforms {
  const numbers = [
    ...Object.entries(integers).map(([field, value]) => ({ field, type: 'int32', wgsl: 'i32', value })),
    ...Object.entries(floats).map(([field, value]) => ({ field, type: 'float32', wgsl: 'f32', value })),
  ];
  return {
    declarations: numbers.map(({ field, wgsl }) => `${field} : ${wgsl},`).join(' '),
    names: numbers.map(({ field }) => `let ${field} = uniforms.${field};`).join('\n'),
    values: numbers.map(({ type, value }) => ({ type, data: [value] })),
  };
}
