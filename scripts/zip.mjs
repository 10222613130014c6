/** The names and sizes in a zip archive, by its central directory (PKWARE APPNOTE 6.3, sections 4.3.12 and 4.3.16). */
import { readFile } from 'node:fs/promises';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;

/**
 * @param {string} file
 * @returns {Promise<readonly { name: string, bytes: number }[]>} `bytes` uncompressed
 */
export async function listZip(file) {
  const archive = await readFile(file);
  // The end record is last but for a comment of variable length.
  let end = archive.length - END_BYTES;
  while (end >= 0 && archive.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error(`${file} is no zip archive`);
  const entries = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error(`${file} has a broken directory`);
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    entries.push({ name, bytes: archive.readUInt32LE(at + 24) });
    at += ENTRY_BYTES + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
