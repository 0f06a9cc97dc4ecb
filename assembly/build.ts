import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeWhole } from '../src/base/whole-file.js';

/** A WebAssembly module: its AssemblyScript entry, the TypeScript module it becomes, and the compiler's flags. */
interface Kernel {
  /** From the root of the repository, as `output`. */
  readonly entry: string;
  readonly output: string;
  readonly flags: readonly string[];
}

/** Speed first, no garbage collector and no imports but those that are asked for: memory is laid out by the caller. */
const fast = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'];

/** Memory that the caller owns, as `env.memory`. */
const guest = ['--importMemory'];

/** Such memory that threads share; 65536 pages are all that there can be. */
const sharedGuest = [
  ...guest,
  '--enable',
  'threads',
  '--sharedMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
];

/** Every compiled module; a new one is a folder beside this file and a line here. */
export const kernels: readonly Kernel[] = [
  { entry: 'assembly/convex/index.ts', output: 'src/convex/simulate/kernel/plain.wasm.ts', flags: [...fast, ...guest] },
  {
    entry: 'assembly/convex/index.ts',
    output: 'src/convex/simulate/kernel/shared.wasm.ts',
    flags: [...fast, ...sharedGuest],
  },
  { entry: 'assembly/llm/alone.ts', output: 'src/engine/alone.wasm.ts', flags: [...fast, ...guest] },
  { entry: 'assembly/llm/team.ts', output: 'src/engine/team.wasm.ts', flags: [...fast, ...sharedGuest] },
];

const root = new URL('../', import.meta.url);

/**
 * The text of the TypeScript module that holds a kernel's binary: compiled from the same source it is the same text.
 * Throws with the compiler's messages where the source does not compile.
 */
export async function compile({ entry, flags }: Kernel): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kernel-'));
  try {
    const output = join(folder, 'binary.wasm');
    // As a process: its types, imported, would change those of arrays in every file.
    const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'));
    const words = [compiler, entry, '--outFile', output, ...flags];
    await promisify(execFile)(process.execPath, words, { cwd: fileURLToPath(root) });
    const binary = await readFile(output, 'base64');
    return [
      `// Compiled from ${entry} by "npm run build:kernels"; not to be edited.`,
      '/** The WebAssembly binary, in base64. */',
      `export const binary =\n  '${binary}';`,
      '',
    ].join('\n');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The committed text of a kernel's module, or undefined where there is none. */
export async function committed({ output }: Kernel): Promise<string | undefined> {
  return readFile(new URL(output, root), 'utf8').catch(() => undefined);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of kernels) {
    const text = await compile(kernel);
    if (text === (await committed(kernel))) continue;
    await writeWhole(fileURLToPath(new URL(kernel.output, root)), text);
    process.stdout.write(`${kernel.output}: ${text.length} bytes\n`);
  }
}
