import path from 'node:path';
import { workspaceRoot } from './workspace';

export type AppWithSettings = 'api' | 'inference' | 'logging';

/** What an app says about the environment that a manifest would give it. */
export interface SettingsFindings {
  /** What is missing or wrong, in the app's own words. */
  readonly problems: readonly string[];
  /** Variables the app never looks at. */
  readonly unknown: readonly string[];
}

type LoadSettings = (environment: Readonly<Record<string, string | undefined>>) => unknown;

/**
 * Has the app itself read `settings`. Its source is loaded as data by its path: infrastructure does not depend on apps.
 *
 * @param settings every variable with a value that could be real, made up where it is a secret
 */
export async function checkAppSettings(
  app: AppWithSettings,
  settings: Readonly<Record<string, string>>,
): Promise<SettingsFindings> {
  const load = await settingsLoader(app);
  const unknown = new Set(Object.keys(settings));
  const watched = new Proxy(settings, {
    get: (target, name, receiver): unknown => {
      if (typeof name === 'string') unknown.delete(name);
      return Reflect.get(target, name, receiver);
    },
  });
  const problems: string[] = [];
  try {
    load(watched);
  } catch (error) {
    problems.push((error as Error).message);
  }
  return { problems, unknown: [...unknown] };
}

async function settingsLoader(app: AppWithSettings): Promise<LoadSettings> {
  const file = path.join(workspaceRoot, 'apps', app, 'src', `${app}.config.ts`);
  const exported = (await import(file)) as Record<string, unknown>;
  const name = `load${app.charAt(0).toUpperCase()}${app.slice(1)}Config`;
  const load = exported[name];
  if (typeof load === 'function') return load as LoadSettings;
  throw new Error(
    `${file} has no ${name}, which reads the environment: adapt libs/testing/src/app-settings.ts.`,
  );
}
