import { readFileSync } from 'node:fs';
import path from 'node:path';
import { argumentsOf, type DocumentedCommand } from './documented-commands';
import { workspaceRoot } from './lint-texts';

/** `npx nx <target> <project>` of a project or target that is not there. */
export function wrongNxCommands(commands: readonly DocumentedCommand[], files: readonly string[]): string[] {
  const targets = new Map(
    files
      .filter((file) => file.endsWith('/project.json'))
      .map((file) => JSON.parse(readFileSync(path.join(workspaceRoot, file), 'utf8')) as Project)
      .map(({ name, targets: own = {} }) => [name, Object.keys(own)] as const),
  );
  return argumentsOf(commands, ['npx', 'nx'])
    .filter(({ words: [target = ''] }) => !['affected', 'run-many', 'show', 'reset'].includes(target))
    .filter(({ words: [target = '', project = ''] }) => targets.get(project)?.includes(target) !== true)
    .map(({ words }) => `there is no nx ${words.join(' ')}`);
}

interface Project {
  readonly name: string;
  readonly targets?: Readonly<Record<string, unknown>>;
}
