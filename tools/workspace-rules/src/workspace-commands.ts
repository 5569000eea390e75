import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { argumentsOf, type DocumentedCommand } from './documented-commands';
import { workspaceRoot } from './lint-texts';

const KUBERNETES = path.join(workspaceRoot, 'infra/kubernetes/base');

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

/** `kubectl … deployment/api` of what infra/kubernetes does not make. */
export function wrongKubectlCommands(commands: readonly DocumentedCommand[]): string[] {
  const objects = new Set(
    readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml') && !name.endsWith('kustomization.yaml'))
      .flatMap((name) => parseAllDocuments(readFileSync(path.join(KUBERNETES, name), 'utf8')))
      .map((document) => document.toJS() as KubernetesObject)
      .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`),
  );
  return argumentsOf(commands, ['kubectl']).flatMap(({ words }) =>
    words
      .filter((word) => /^(deployment|statefulset|service|networkpolicy|secret)\/[\w-]+$/.test(word))
      .filter((word) => !objects.has(word))
      .map((word) => `infra/kubernetes makes no ${word}`),
  );
}

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}
