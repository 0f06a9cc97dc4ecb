import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vulkanEnvironment } from '../../bundle/find-vulkan.js';
import { findVulkan, vulkanProblem, type VulkanSearch } from '../../src/engine/vulkan-drivers.js';
import { temporaryFolder } from '../temporary-folder.js';

const system = 'usr/lib/x86_64-linux-gnu';
const registration = 'usr/share/vulkan/icd.d/nvidia_icd.json';

/** A machine as a folder: files by path, with their content. */
function machine(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const search: VulkanSearch = { root, environment, home: join(root, 'root') };
  const bundle = join(root, 'bundle');
  mkdirSync(join(bundle, 'lib'), { recursive: true });
  writeFileSync(join(bundle, 'lib/libvulkan.so.1'), '');
  return {
    root,
    bundle,
    search,
    environment: vulkanEnvironment(bundle, search),
    problem: vulkanProblem(findVulkan(search)),
  };
}

describe('the environment of the bundle', () => {
  it('stays as it is on a machine in order', () => {
    const { environment } = machine({
      [`${system}/libvulkan.so.1`]: '',
      [`${system}/libGLX_nvidia.so.0`]: '',
      [registration]: '{}',
    });
    expect(environment.VK_DRIVER_FILES).toBeUndefined();
    expect(environment.VK_ICD_FILENAMES).toBeUndefined();
  });

  it('brings the loader where there is none', () => {
    const { environment, bundle } = machine({ [registration]: '{}' }, { LD_LIBRARY_PATH: '/opt/own' });
    expect(environment).toEqual({ LD_LIBRARY_PATH: `${bundle}/lib:/opt/own` });
  });

  it("finds a container's driver off the linker's path and its registration off the loader's", () => {
    const { root, environment } = machine({
      [`${system}/libvulkan.so.1`]: '',
      'usr/local/nvidia/lib64/libGLX_nvidia.so.0': '',
      'usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json': '{}',
      'usr/share/vulkan/icd.d/lvp_icd.json': '{}',
    });
    expect(environment.LD_LIBRARY_PATH).toContain(`${root}/usr/local/nvidia/lib64`);
    expect(environment.VK_DRIVER_FILES).toBe(
      `${root}/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json:${root}/usr/share/vulkan/icd.d/lvp_icd.json`,
    );
    expect(environment.VK_ICD_FILENAMES).toBe(environment.VK_DRIVER_FILES);
  });

  it('registers a driver that nobody registered, beside itself', () => {
    const { root, bundle, environment } = machine({ [`${system}/libGLX_nvidia.so.0`]: 'needs nothing' });
    expect(environment.VK_DRIVER_FILES).toBe(`${bundle}/nvidia_icd.json`);
    expect(JSON.parse(readFileSync(`${bundle}/nvidia_icd.json`, 'utf8'))).toMatchObject({
      ICD: { library_path: `${root}/${system}/libGLX_nvidia.so.0` },
    });
  });

  it("takes the driver's library for headless machines where the other needs an X11 that is missing", () => {
    const { root, bundle } = machine({
      [`${system}/libGLX_nvidia.so.0`]: 'libX11.so.6\0',
      [`${system}/libEGL_nvidia.so.0`]: 'libc.so.6\0',
    });
    expect(readFileSync(`${bundle}/nvidia_icd.json`, 'utf8')).toContain(`${root}/${system}/libEGL_nvidia.so.0`);
  });

  it('leaves a choice of drivers alone', () => {
    const { environment } = machine(
      { [`${system}/libGLX_nvidia.so.0`]: '', [`${system}/libvulkan.so.1`]: '' },
      { VK_ICD_FILENAMES: '/own.json' },
    );
    expect(environment.VK_DRIVER_FILES).toBeUndefined();
    expect(environment.VK_ICD_FILENAMES).toBeUndefined();
  });
});

describe('the refusal says what is missing', () => {
  const loader = { [`${system}/libvulkan.so.1`]: '' };
  it.each([
    ['the loader', { [registration]: '{}' }, /libvulkan\.so\.1 is missing \(apt-get install libvulkan1\)$/],
    ['any driver', loader, /^no Vulkan driver is registered/],
    [
      "the driver's graphics part",
      { ...loader, 'dev/nvidia0': '' },
      /libGLX_nvidia\.so\.0 is missing.*_CAPABILITIES=all/,
    ],
    [
      'a library',
      { ...loader, [registration]: '', [`${system}/libGLX_nvidia.so.0`]: 'libX11.so.6\0' },
      /^libX11\.so\.6, which/,
    ],
    ['an answer', { ...loader, [registration]: '{}' }, /^no driver answered of .*nvidia_icd\.json$/],
  ])('%s', (_, files, message) => {
    expect(machine(files).problem).toMatch(message);
  });
});
