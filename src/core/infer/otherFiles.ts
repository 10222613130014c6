/**
 * The files that the analysed ones import, as far as they have been read. Asking is synchronous: what
 * depends on a module that has not been read says so, and whoever runs the analysis may read it and ask again.
 */
import { fileOfKey } from '../link/place';
import type { Place } from '../link/place';
import { isOfProject } from '../link/standardLibrary';
import type { FileModel } from './model';
import { gapOf, Knowledge } from './knowledge';
import type { Want } from './knowledge';

export class OtherFiles {
  private models = new Map<string, FileModel>();
  /** Module name, as files below a root know it, to the id of its file; null: there is none. */
  private modules = new Map<string, string | null>();
  /** What has been computed of these files; it depends on no file that is analysed. */
  knowledge = new Knowledge();
  /** Grows whenever something that was told before may no longer hold. */
  generation = 0;

  model(id: string): FileModel | null {
    return this.models.get(id) ?? null;
  }

  modelOfKey(key: string): FileModel | null {
    const id = fileOfKey(key);
    return id === null ? null : this.model(id);
  }

  /**
   * The file of a module, as a file imports it; null: there is none. A module that has not been read is a gap.
   * @param module dotted name without leading dots
   */
  find(
    module: string,
    { id: from, root }: Pick<Place, 'id' | 'root'>,
    member: string | null,
  ): FileModel | { readonly gap: string } | null {
    if (!isOfProject(module)) return null;
    const id = this.modules.get(nameBelow(root, module));
    if (id !== undefined) return id === null ? null : this.model(id);
    return { gap: gapOf({ module, from, root, member }) };
  }

  knows({ module, root }: Want): boolean {
    return this.modules.has(nameBelow(root, module));
  }

  /** @param model null: there is no such module */
  add({ module, root }: Want, model: FileModel | null): void {
    this.modules.set(nameBelow(root, module), model?.place?.id ?? null);
    if (!model?.place || this.models.has(model.place.id)) return;
    this.models.set(model.place.id, model);
  }

  forgetBodies(): void {
    for (const each of this.models.values()) each.forgetBodies();
  }

  /** Forgets everything: a file has changed, or there is too much of it. */
  clear(): void {
    this.models = new Map();
    this.modules = new Map();
    this.knowledge = new Knowledge();
    this.generation++;
  }
}

function nameBelow(root: string, module: string): string {
  return `${root}\0${module}`;
}
