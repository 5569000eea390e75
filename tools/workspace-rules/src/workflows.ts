import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { workspaceRoot } from './lint-texts';

export interface Workflow {
  /** Path from the workspace's root. */
  readonly file: string;
  readonly source: string;
}

interface Step {
  readonly run?: string;
}

interface Job {
  readonly steps?: readonly Step[];
}

interface Content {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs?: Readonly<Record<string, Job>>;
}

export function workflows(): readonly Workflow[] {
  const folder = '.github/workflows';
  return readdirSync(path.join(workspaceRoot, folder)).map((name) => ({
    file: `${folder}/${name}`,
    source: readFileSync(path.join(workspaceRoot, folder, name), 'utf8'),
  }));
}

/** The one secret a workflow may have, named and nothing else: a key of our own api, to verify with. None of the cloud is stored. */
const OWN_KEY = /^ +(?:secrets:|TIDEGATE_API_KEY: \$\{\{ secrets\.TIDEGATE_API_KEY \}\})$/gm;

/** What a workflow of ours must not do; empty when all is well. */
export function brokenRules({ source }: Workflow): readonly string[] {
  const { permissions, jobs = {} } = parse(source) as Content;
  const runs = Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []));
  return [
    ...(JSON.stringify(permissions) === '{"contents":"read"}' ? [] : ['its token can do more than read']),
    ...(/\bsecrets\s*[.[:)]|aws-(secret-)?access-key/.test(source.replace(OWN_KEY, ''))
      ? ['it uses a stored secret']
      : []),
    ...[...source.matchAll(/uses: (.+)/g)].flatMap(([, use = '']) => brokenUse(use)),
    ...runs.filter((run) => run.trim().includes('\n')).map((run) => `more than one line: ${run}`),
    ...runs.filter((run) => run.includes('${{')).map((run) => `an expression is pasted into: ${run}`),
    ...runs.flatMap(missingPrograms),
  ];
}

/** A commit's hash cannot be moved to other code, as a tag can. */
function brokenUse(use: string): readonly string[] {
  if (use.startsWith('./')) return existsSync(path.join(workspaceRoot, use)) ? [] : [`there is no ${use}`];
  return /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use) ? [] : [`not pinned: ${use}`];
}

function missingPrograms(run: string): readonly string[] {
  const files = run.match(/(?<![\w$/.-])(?:\.ci|apps|infra|libs|tools)\/[\w./-]+/g) ?? [];
  const started = [...run.matchAll(/(?:^|&& )((?:\.ci|infra|tools)\/[\w./-]+)/g)].map(
    ([, file = '']) => file,
  );
  const packages = [...run.matchAll(/npx ([\w-]+)/g)].map(([, name]) => `node_modules/.bin/${name}`);
  return [
    ...[...files, ...packages].filter((file) => !existsSync(path.join(workspaceRoot, file))),
    ...started.filter((file) => !isExecutable(path.join(workspaceRoot, file))),
  ].map((file) => `not there, or not executable: ${file}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
