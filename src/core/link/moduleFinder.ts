/** Finds modules as Python does, by their files alone: nothing is run. */
import type { Place } from './place';
import type { SourceFile, SourceHost } from './sourceHost';

/** Reads files. Paths are absolute, with `/` between their parts; they may be URIs. */
export interface FileReader {
  isFile(path: string): Promise<boolean>;
  /** The decoded text; null where it cannot be read, or is too long to be source. */
  read(path: string): Promise<string | null>;
}

export class ModuleFinder implements SourceHost {
  /** Folder to the folder that holds its outermost package. */
  private readonly roots = new Map<string, Promise<string>>();
  /** Root and module to its file; null: there is none. */
  private readonly files = new Map<string, Promise<Place | null>>();

  /** @param searched folders in which modules are looked for after the importing file's own root, in order */
  constructor(
    private readonly reader: FileReader,
    private readonly searched: readonly string[],
  ) {}

  async find(module: string, from: string): Promise<SourceFile | null> {
    const own = await this.rootFor(from);
    for (const root of new Set([own, ...this.searched])) {
      const place = await this.fileOf(module, root);
      if (!place) continue;
      const text = await this.reader.read(place.id);
      return text === null ? null : { ...place, text };
    }
    return null;
  }

  /** Where a file stands: its module's name counts from the folder that holds its outermost package. */
  async placeOf(path: string): Promise<Place> {
    const folder = folderOf(path);
    const root = await this.rootFor(path);
    const name = path.slice(folder.length + 1).replace(/\.pyi?$/, '');
    const isPackage = name === '__init__';
    const parts = folder
      .slice(root.length + 1)
      .split('/')
      .filter(Boolean);
    return { id: path, root, module: [...parts, ...(isPackage ? [] : [name])].join('.'), isPackage };
  }

  /** Forgets which files there are. */
  changed(): void {
    this.roots.clear();
    this.files.clear();
  }

  /** A notebook is no module of a package: it is run in its own folder. */
  private rootFor(path: string): Promise<string> {
    const folder = folderOf(path);
    return path.endsWith('.ipynb') ? Promise.resolve(folder) : this.rootOf(folder);
  }

  private rootOf(folder: string): Promise<string> {
    const known = this.roots.get(folder);
    if (known) return known;
    const root = this.findRoot(folder);
    this.roots.set(folder, root);
    return root;
  }

  private async findRoot(folder: string): Promise<string> {
    const parent = folderOf(folder);
    const isPackage = parent !== folder && (await this.reader.isFile(`${folder}/__init__.py`));
    return isPackage ? this.rootOf(parent) : folder;
  }

  private fileOf(module: string, root: string): Promise<Place | null> {
    const key = `${root}\0${module}`;
    const known = this.files.get(key);
    if (known) return known;
    const file = this.findFile(module, root);
    this.files.set(key, file);
    return file;
  }

  /** A package hides a module of the same name. */
  private async findFile(module: string, root: string): Promise<Place | null> {
    const path = `${root}/${module.replaceAll('.', '/')}`;
    for (const [id, isPackage] of [
      [`${path}/__init__.py`, true],
      [`${path}.py`, false],
    ] as const)
      if (await this.reader.isFile(id)) return { id, root, module, isPackage };
    return null;
  }
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? path : path.slice(0, at);
}
