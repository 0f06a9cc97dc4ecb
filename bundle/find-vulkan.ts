import { accessSync, constants, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findVulkan, isNvidia, type VulkanFound, type VulkanSearch } from '../src/engine/vulkan-drivers.js';

/** What the environment must hold for Dawn to find the loader, and the loader the NVIDIA driver. */
export interface VulkanEnvironment {
  readonly LD_LIBRARY_PATH?: string;
  readonly VK_DRIVER_FILES?: string;
  readonly VK_ICD_FILENAMES?: string;
}

/**
 * The changes to the environment: the folders of the loader and of the driver in front of the linker's path, where
 * they are off it, and the NVIDIA driver registered, where nobody did. Empty on a machine that is in order.
 * @param folder the bundle: its lib/ holds a loader for machines without one, and a registration is written beside it
 */
export function vulkanEnvironment(folder: string, search: VulkanSearch = {}): VulkanEnvironment {
  const { environment = process.env } = search;
  const own = findVulkan(search);
  const found = own.loader === undefined ? findVulkan({ ...search, libraryFolders: [join(folder, 'lib')] }) : own;
  const libraryPath = [found.loader, found.nvidia].flatMap((path) => (path === undefined ? [] : [dirname(path)]));
  const added = [...new Set(libraryPath)].filter((entry) => !/^(\/usr)?\/lib(64|\/x86_64-linux-gnu)?$/.test(entry));
  const files = driverFiles(found, folder, environment);
  return {
    ...(added.length > 0 && {
      LD_LIBRARY_PATH: [...added, ...(environment.LD_LIBRARY_PATH ? [environment.LD_LIBRARY_PATH] : [])].join(':'),
    }),
    // The first name is today's, the second that of loaders before 1.3.207.
    ...(files !== undefined && { VK_DRIVER_FILES: files, VK_ICD_FILENAMES: files }),
  };
}

/** All registrations with NVIDIA's among them; undefined where the loader finds it by itself, or there is none. */
function driverFiles(found: VulkanFound, folder: string, environment: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const { registered, unregistered, nvidia } = found;
  if (environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES) return undefined;
  if (registered.some(isNvidia)) return undefined;
  const added = unregistered ?? (nvidia === undefined ? undefined : writeRegistration(nvidia, folder));
  return added === undefined ? undefined : [added, ...registered].join(':');
}

/** Registers a driver library in a file of our own, in the bundle or, where that is read-only, among temporary files. */
function writeRegistration(library: string, folder: string): string {
  const path = join(isWritable(folder) ? folder : tmpdir(), 'nvidia_icd.json');
  const registration = { file_format_version: '1.0.1', ICD: { library_path: library, api_version: '1.3.0' } };
  writeFileSync(path, JSON.stringify(registration));
  return path;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
