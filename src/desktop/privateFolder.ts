/** Folders that only this user can open: whoever writes a compile cache or an interpreter can run code. */
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder with mode 0700, its missing parents too, and returns it. Throws where that is not possible. */
export async function privateFolder(...parts: readonly string[]): Promise<string> {
  const folder = path.join(...parts);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // An existing folder keeps its mode, and the process's mask may have taken bits away.
  await chmod(folder, 0o700);
  return folder;
}

/**
 * Where the command line keeps caches and environments, as the platform's convention has it (XDG Base Directory;
 * Apple's File System Programming Guide; Windows' known folders).
 */
export function cacheFolder(
  variables: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  if (platform === 'win32') {
    return path.join(variables.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'matmul-lens');
  }
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'matmul-lens');
  const xdg = variables.XDG_CACHE_HOME;
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache'), 'matmul-lens');
}
