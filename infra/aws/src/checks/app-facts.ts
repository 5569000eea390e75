import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InfrastructureError } from '../infrastructure-error';

const workspaceRoot = path.resolve(__dirname, '..', '..', '..', '..');

const configFolder = path.join(workspaceRoot, 'libs', 'config', 'src');
/** By the function that brings them into an app. */
const SHARED_SETTINGS = {
  serviceFields: path.join(configFolder, 'service-fields.ts'),
  databaseSettings: path.join(configFolder, 'database-settings.ts'),
};

/** What the apps do, read from their own sources, so that no number stands in two places. */
export interface AppFacts {
  /** How long an app keeps an idle connection open. */
  readonly keepAliveTimeoutMs: number;
  readonly apps: Readonly<Record<string, AppFact>>;
}

export interface AppFact {
  readonly port: number;
  /** Routes that GET serves, such as `/health`. */
  readonly paths: readonly string[];
  /** Names of its environment variables. */
  readonly settings: readonly string[];
}

/** @throws InfrastructureError when a source does not look as expected any more */
export function readAppFacts(root: string = workspaceRoot): AppFacts {
  const connectionLimits = path.join(root, 'libs', 'bootstrap', 'src', 'connection-limits.ts');
  const names = readdirSync(path.join(root, 'apps')).filter((name) =>
    existsSync(path.join(root, 'apps', name, 'src')),
  );
  return {
    keepAliveTimeoutMs: numberIn(connectionLimits, /KEEP_ALIVE_TIMEOUT_MS = ([\d_]+)/),
    apps: Object.fromEntries(
      names.map((name) => [name, appFact(path.join(root, 'apps', name, 'src'), name)]),
    ),
  };
}

function appFact(folder: string, name: string): AppFact {
  const controllers = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.controller.ts'),
  );
  return {
    port: numberIn(path.join(folder, `${name}.config.ts`), /serviceFields\(([\d_]+)\)/),
    settings: settingsOf(path.join(folder, `${name}.config.ts`)),
    paths: controllers.flatMap((file) => pathsOf(readFileSync(path.join(folder, file), 'utf8'))),
  };
}

/** Those in the file, and those of the parts of `libs/config` that it uses. */
function settingsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const parts = Object.entries(SHARED_SETTINGS).filter(([name]) => source.includes(`${name}(`));
  const sources = [source, ...parts.map(([, part]) => readFileSync(part, 'utf8'))];
  return sources.flatMap((text) =>
    [...text.matchAll(/setting\(\s*'([A-Z0-9_]+)'/g)].map(([, name = '']) => name),
  );
}

function pathsOf(controller: string): string[] {
  const prefix = /@Controller\((?:'([^']*)')?\)/.exec(controller)?.[1] ?? '';
  const routes = [...controller.matchAll(/@Get\((?:'([^']*)')?\)/g)];
  return routes.map(([, route = '']) => `/${[prefix, route].filter((part) => part !== '').join('/')}`);
}

function numberIn(file: string, pattern: RegExp): number {
  const text = pattern.exec(readFileSync(file, 'utf8'))?.[1];
  if (text !== undefined) return Number(text.replaceAll('_', ''));
  throw new InfrastructureError(
    `${path.relative(workspaceRoot, file)} has no ${pattern.source}. The infrastructure's numbers are checked ` +
      'against the one there: adapt infra/aws/src/checks/app-facts.ts to how it is written now.',
  );
}
