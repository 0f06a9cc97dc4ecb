import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: of the checkout, or of the installed package. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/** The version in package.json. */
export const version = manifest.version;

/** Packages that an installation with --omit=optional lacks: those of language models and figures. */
export const optionalPackages = Object.keys(manifest.optionalDependencies ?? {});

function findPackageRoot(folder: string): string {
  try {
    readFileSync(join(folder, 'package.json'));
    return folder;
  } catch (error) {
    const parent = dirname(folder);
    if (parent === folder) throw error;
    return findPackageRoot(parent);
  }
}
