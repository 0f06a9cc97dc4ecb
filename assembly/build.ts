import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
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
 * Compiles, in a process of its own, the words of each kernel after the other. The compiler's types, imported here, would
 * change those of arrays in every file.
 */
const compiler = `
import { main } from 'assemblyscript/asc';
for (const words of JSON.parse(process.argv[1])) {
  const { error } = await main(words, { stdout: process.stdout, stderr: process.stderr });
  if (error) process.exit(1);
}`;

/**
 * The texts of the TypeScript modules that hold kernels' binaries: compiled from the same sources they are the same texts.
 * Throws with the compiler's messages where a source does not compile.
 */
async function compile(asked: readonly Kernel[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kernel-'));
  const output = (index: number): string => join(folder, `${index}.wasm`);
  try {
    const words = asked.map(({ entry, flags }, i) => [entry, '--outFile', output(i), ...flags]);
    const program = ['--input-type=module', '--eval', compiler, JSON.stringify(words)];
    await promisify(execFile)(process.execPath, program, { cwd: fileURLToPath(root) });
    const binaries = await Promise.all(asked.map((_, i) => readFile(output(i), 'base64')));
    return await Promise.all(asked.map((kernel, i) => moduleOf(kernel, binaries[i])));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function moduleOf(kernel: Kernel, binary: string): Promise<string> {
  return [
    `// Compiled from ${kernel.entry} by "npm run build:kernels"; not to be edited.`,
    `// ${await fingerprint(kernel, binary)}`,
    '/** The WebAssembly binary, in base64. */',
    `export const binary =\n  '${binary}';`,
    '',
  ].join('\n');
}

/** A digest of all that a binary follows from, and of itself: the compiler's version, its flags, and the sources. */
async function fingerprint({ entry, flags }: Kernel, binary: string): Promise<string> {
  const hash = createHash('sha256');
  const compilerPackage = fileURLToPath(import.meta.resolve('assemblyscript/package.json'));
  const { version } = JSON.parse(await readFile(compilerPackage, 'utf8')) as { version: string };
  hash.update(JSON.stringify({ version, entry, flags, binary }));
  const folder = new URL('./', new URL(entry, root));
  for (const name of (await readdir(folder)).sort())
    hash.update(`${name}\n`).update(await readFile(new URL(name, folder)));
  return hash.digest('hex');
}

/**
 * Whether a kernel's committed module says that it was compiled from the sources as they are, by this compiler and with
 * these flags. To see it compiled takes a third of a minute: `npm run build:kernels -- --check`.
 */
export async function isCurrent(kernel: Kernel): Promise<boolean> {
  const text = await committed(kernel);
  const binary = /^ {2}'(.*)';$/m.exec(text ?? '')?.[1];
  return binary !== undefined && text === (await moduleOf(kernel, binary));
}

/** The committed text of a kernel's module, or undefined where there is none. */
async function committed({ output }: Kernel): Promise<string | undefined> {
  return readFile(new URL(output, root), 'utf8').catch(() => undefined);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const texts = await compile(kernels);
  for (const [i, kernel] of kernels.entries()) {
    const text = texts[i];
    if (text === (await committed(kernel))) continue;
    if (process.argv.includes('--check')) {
      process.stderr.write(`${kernel.output} is not what ${kernel.entry} compiles to\n`);
      process.exitCode = 1;
      continue;
    }
    await writeWhole(fileURLToPath(new URL(kernel.output, root)), text);
    process.stdout.write(`${kernel.output}: ${text.length} bytes\n`);
  }
}
