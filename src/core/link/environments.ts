/** Finds installed packages by their files alone: nothing is run. */
import type { FileReader } from './moduleFinder';

/** Reads files and folders. Paths are absolute, with `/` between their parts; they may be URIs. */
export interface FolderReader extends FileReader {
  /** Names in a folder; none where it cannot be read. */
  list(folder: string): Promise<readonly string[]>;
}

/** The folders of installed packages of a virtual environment, which its `pyvenv.cfg` shows to be one. */
export async function sitePackages(files: FolderReader, environment: string): Promise<readonly string[]> {
  if (!(await files.isFile(`${environment}/pyvenv.cfg`))) return [];
  // Windows has one Python to an environment, and no folder of its version.
  if (await files.isFile(`${environment}/Scripts/python.exe`)) return [`${environment}/Lib/site-packages`];
  const versions = await files.list(`${environment}/lib`);
  return versions.filter((each) => /^python\d/.test(each)).map((each) => `${environment}/lib/${each}/site-packages`);
}
