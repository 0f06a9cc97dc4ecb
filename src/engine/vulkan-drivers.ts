import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What of Vulkan a Linux machine has: what a GPU is reached through. */
export interface VulkanFound {
  /** The Vulkan loader, libvulkan.so.1; undefined where it is in none of the usual folders. */
  readonly loader: string | undefined;
  /** The files that register drivers, where the loader looks by itself or the environment names them. */
  readonly registered: readonly string[];
  /** The NVIDIA driver's registration where the loader does not look. */
  readonly unregistered: string | undefined;
  /** NVIDIA's Vulkan driver: the first of its libraries that has all that it needs. */
  readonly nvidia: string | undefined;
  /** Libraries that NVIDIA's driver names and that are not there. */
  readonly missing: readonly string[];
  /** Whether there is an NVIDIA GPU at all, with or without the driver's graphics part. */
  readonly hasNvidiaGpu: boolean;
}

/** Where the search begins; tests give a folder of their own. */
export interface VulkanSearch {
  readonly environment?: Readonly<NodeJS.ProcessEnv>;
  readonly root?: string;
  readonly home?: string;
  /** Folders of libraries beside the machine's own. */
  readonly libraryFolders?: readonly string[];
}

// Where containers and some distributions keep the NVIDIA driver, off the linker's path and the loader's.
const nvidiaFolders = ['/usr/local/nvidia/lib64', '/usr/local/nvidia/lib', '/usr/lib/wsl/lib', '/usr/lib/nvidia'];
const nvidiaRegistrations = [
  '/usr/local/nvidia/share/vulkan/icd.d',
  '/usr/local/nvidia/vulkan/icd.d',
  '/opt/nvidia/share/vulkan/icd.d',
  '/run/opengl-driver/share/vulkan/icd.d',
];
const systemFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
  '/lib',
];

/** Looks for the parts of Vulkan in the places where loaders, drivers and containers keep them. */
export function findVulkan(search: VulkanSearch = {}): VulkanFound {
  const { environment = process.env, root = '/', home = homedir(), libraryFolders = [] } = search;
  const folders = [
    ...splitPath(environment.LD_LIBRARY_PATH),
    ...[...systemFolders, ...configuredFolders(root), ...nvidiaFolders].map((folder) => join(root, folder)),
    ...libraryFolders,
  ];
  const library = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const lacks = (path: string): string[] => neededBy(path).filter((name) => library(name) === undefined);
  const candidates = ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0'].flatMap((name) => library(name) ?? []);
  const named = environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES;
  return {
    loader: library('libvulkan.so.1'),
    registered: named
      ? splitPath(named)
      : [...splitPath(environment.VK_ADD_DRIVER_FILES), ...registrations(loaderFolders(environment, root, home))],
    unregistered: registrations(nvidiaRegistrations.map((folder) => join(root, folder))).find(isNvidia),
    nvidia: candidates.find((path) => lacks(path).length === 0) ?? candidates.at(0),
    missing: candidates.length > 0 && candidates.every((path) => lacks(path).length > 0) ? lacks(candidates[0]) : [],
    hasNvidiaGpu: existsSync(join(root, 'dev/nvidia0')) || library('libcuda.so.1') !== undefined,
  };
}

/** Whether a registration's file name says that it is NVIDIA's. */
export function isNvidia(registration: string): boolean {
  return /nvidia[^/]*\.json$/.test(registration);
}

/**
 * Whether it is worth asking Dawn for an adapter: on Linux, whether any Vulkan driver is registered where the Vulkan
 * loader looks. Without one Dawn finds nothing, and says so on stderr in words of its own.
 */
export function mayHaveVulkan(): boolean {
  return process.platform !== 'linux' || findVulkan().registered.length > 0;
}

/** What keeps a machine without an adapter from having one, and what to do about it, in one line. */
export function vulkanProblem(found = findVulkan()): string {
  const { loader, registered, nvidia, missing, hasNvidiaGpu } = found;
  const problems = [
    ...(loader === undefined ? ['the Vulkan loader libvulkan.so.1 is missing (apt-get install libvulkan1)'] : []),
    ...(missing.length > 0
      ? [`${missing.join(', ')}, which the NVIDIA driver's ${nvidia ?? ''} names, is missing`]
      : []),
  ];
  if (registered.length === 0) {
    problems.push(
      hasNvidiaGpu && nvidia === undefined
        ? "the NVIDIA driver's graphics part libGLX_nvidia.so.0 is missing (in a container: " +
            'NVIDIA_DRIVER_CAPABILITIES=all; else install the libnvidia-gl package of the driver)'
        : 'no Vulkan driver is registered in a folder vulkan/icd.d, nor named by VK_DRIVER_FILES',
    );
  } else if (problems.length === 0) {
    problems.push(`no driver answered of ${registered.join(', ')}`);
  }
  return problems.join('; ');
}

function splitPath(list: string | undefined): string[] {
  return (list ?? '').split(':').filter((entry) => entry !== '');
}

/** The folders in the linker's configuration. */
function configuredFolders(root: string): string[] {
  const folder = join(root, 'etc/ld.so.conf.d');
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [join(root, 'etc/ld.so.conf'), ...files]
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/'));
}

/** Where the Vulkan loader looks for registrations. */
function loaderFolders(environment: Readonly<NodeJS.ProcessEnv>, root: string, home: string): string[] {
  return [
    environment.XDG_CONFIG_HOME ?? join(home, '.config'),
    ...splitPath(environment.XDG_CONFIG_DIRS ?? join(root, 'etc/xdg')),
    join(root, 'etc'),
    environment.XDG_DATA_HOME ?? join(home, '.local/share'),
    ...splitPath(environment.XDG_DATA_DIRS ?? `${join(root, 'usr/local/share')}:${join(root, 'usr/share')}`),
  ].map((folder) => join(folder, 'vulkan/icd.d'));
}

function registrations(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith('.json'))
          .map((name) => join(folder, name))
      : [],
  );
}

/** Those libraries a driver's file names that headless machines are known to lack. */
function neededBy(path: string): string[] {
  const content = readFileSync(path);
  return ['libX11.so.6', 'libXext.so.6', 'libGLdispatch.so.0'].filter((name) => content.includes(`${name}\0`));
}
