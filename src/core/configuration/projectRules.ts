/** Finds what a project says of the rules: in the nearest `pyproject.toml` above a file that has a table for them. */
import { PROJECT_FILE, readProjectFile } from './projectFile';
import type { ProjectRules } from './projectFile';
import { readToml } from './toml';

/** Paths have `/` between their parts; they may be URIs. */
export interface ProjectFileReader {
  /** Null where there is no such file, or it cannot be read. */
  read(path: string): Promise<string | null>;
}

export interface FoundRules extends ProjectRules {
  /** The `pyproject.toml`. */
  readonly file: string;
}

export class ProjectRuleFinder {
  private readonly folders = new Map<string, Promise<FoundRules | null>>();

  constructor(private readonly reader: ProjectFileReader) {}

  /** @param path of a file, absolute */
  of(path: string): Promise<FoundRules | null> {
    const at = path.lastIndexOf('/');
    return at < topOf(path) ? Promise.resolve(null) : this.inFolder(path.slice(0, at));
  }

  private inFolder(folder: string): Promise<FoundRules | null> {
    const known = this.folders.get(folder);
    if (known) return known;
    const found = this.find(folder);
    this.folders.set(folder, found);
    return found;
  }

  private async find(folder: string): Promise<FoundRules | null> {
    const file = `${folder}/${PROJECT_FILE}`;
    const text = await this.reader.read(file);
    const rules = text === null ? null : readProjectFile(text, readToml);
    return rules ? { ...rules, file } : this.of(folder);
  }
}

/** Where the path begins: in a URI, behind its authority. */
function topOf(path: string): number {
  const scheme = path.indexOf('://');
  const top = path.indexOf('/', scheme < 0 ? 0 : scheme + 3);
  return top < 0 ? path.length : top;
}
