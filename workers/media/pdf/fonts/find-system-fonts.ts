import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where fontconfig looks on Linux and macOS; a machine without them has no system fonts, which is fine. */
const folders = ['/usr/share/fonts', '/usr/local/share/fonts', '/Library/Fonts', '/System/Library/Fonts'];

/** File name (without folder) → path, of every font on this machine. Never throws. */
export function findSystemFonts(roots: readonly string[] = folders): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of roots) collect(folder, found, 0);
  return found;
}

function collect(folder: string, found: Map<string, string>, depth: number): void {
  if (depth > 5) return;
  for (const entry of list(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, found, depth + 1);
    else if (/\.(ttf|otf|ttc|woff)$/i.test(entry.name) && !found.has(entry.name)) found.set(entry.name, path);
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
