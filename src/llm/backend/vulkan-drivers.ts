import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Whether it is worth asking Dawn for an adapter: on Linux, whether any Vulkan driver is registered where the Vulkan
 * loader looks. Without one Dawn finds nothing, and says so on stderr in words of its own.
 */
export function mayHaveVulkan(): boolean {
  if (process.platform !== 'linux') return true;
  const { env } = process;
  if (env.VK_DRIVER_FILES ?? env.VK_ICD_FILENAMES ?? env.VK_ADD_DRIVER_FILES) return true;
  const home = homedir();
  return [
    env.XDG_CONFIG_HOME ?? join(home, '.config'),
    ...(env.XDG_CONFIG_DIRS ?? '/etc/xdg').split(':'),
    '/etc',
    env.XDG_DATA_HOME ?? join(home, '.local/share'),
    ...(env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':'),
  ].some((folder) => {
    const drivers = join(folder, 'vulkan/icd.d');
    return existsSync(drivers) && readdirSync(drivers).some((name) => name.endsWith('.json'));
  });
}
