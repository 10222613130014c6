/** Node's file system behind the search's port. */
import { stat } from 'node:fs/promises';
import type { FilePort } from '../python/search';

export const nodeFiles: FilePort = {
  async isFile(file) {
    try {
      return (await stat(file)).isFile();
    } catch {
      return false;
    }
  },
};
