/** Lowers import statements to the names that they bind. */
import type { Import } from './ir';
import type { Reader } from './reader';

export function lowerImport(r: Reader): readonly Import[] {
  const type = r.type;
  if (type === 'future_import_statement') return [];
  const found: Import[] = [];
  let module = '';
  let level = 0;
  r.children((inner) => {
    const field = r.field;
    const { start, end } = r;
    if (field === 'module_name') {
      const text = r.text.replace(/\s+/g, '');
      module = text.replace(/^\.+/, '');
      level = text.length - module.length;
    } else if (field === 'name') {
      const { path, alias } = importedName(r, inner);
      if (type === 'import_statement') {
        const bound = alias ?? path.split('.')[0] ?? path;
        found.push({ module: path, level: 0, name: null, bound, aliased: alias !== null, start, end });
      } else {
        found.push({ module, level, name: path, bound: alias ?? path, aliased: alias !== null, start, end });
      }
    } else if (inner === 'wildcard_import') {
      found.push({ module, level, name: '*', bound: '*', aliased: false, start, end });
    }
  });
  return found;
}

function importedName(r: Reader, type: string): { path: string; alias: string | null } {
  if (type !== 'aliased_import') return { path: r.text.replace(/\s+/g, ''), alias: null };
  let path = '';
  let alias: string | null = null;
  r.children(() => {
    const field = r.field;
    if (field === 'name') path = r.text.replace(/\s+/g, '');
    else if (field === 'alias') alias = r.text;
  });
  return { path, alias };
}
