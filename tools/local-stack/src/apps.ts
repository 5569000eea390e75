import { startProcess, waitUntilReady } from '@tidegate/local-parts';
import { appSettings, localUrl } from './app-settings';
import type { Databases } from './databases';
import { formatEnvFile, type Settings } from './env-file';
import { inParallel } from './in-parallel';
import { writePrivateFile } from './private-file';
import { APP_NAMES, type AppName } from './service-names';
import { answersOk } from './service-health';
import type { StackContext } from './stack-context';

const READY_TIMEOUT_MS = 60_000;
// Longer than the 20 s the apps give running requests.
const GRACE_MS = 25_000;

/** The api is asked whether it serves; the others may wait for a model or a database, which is shown later. */
const STARTED_PATH: Record<AppName, string> = { api: '/ready', inference: '/live', logging: '/live' };

export type AllSettings = Readonly<Record<AppName, Settings>>;

/** Makes the settings of the apps and leaves them in env files, for `nx serve` too. */
export function writeSettings(
  { options, paths, secrets }: StackContext,
  databases: Databases,
  redisUrl: string | undefined,
): AllSettings {
  const settings = appSettings({
    ports: options.ports,
    secrets,
    hasMlflowAuth: options.hasMlflowAuth,
    databaseUrls: databases.urls,
    redisUrl,
    modelsDir: paths.modelsDir,
    spoolDir: paths.spoolDir,
  });
  for (const app of APP_NAMES) writePrivateFile(paths.envFile(app), formatEnvFile(settings[app]));
  return settings;
}

/** Starts those of the apps that are not left out. */
export async function startApps(
  context: StackContext,
  apps: readonly AppName[],
  settings: AllSettings,
): Promise<void> {
  context.stopSignal.throwIfAborted();
  const started = apps.filter((app) => !context.options.except.includes(app));
  await inParallel(started.map((app) => startApp(context, app, settings[app])));
}

function startApp(context: StackContext, app: AppName, settings: Settings): Promise<void> {
  const { options, host, paths, supervisor, progress } = context;
  return progress.step(`${app} answers`, async () => {
    const child = await startProcess({
      name: app,
      command: process.execPath,
      args: ['--enable-source-maps', paths.appMain(app)],
      env: { ...host.childEnvironment, ...settings },
      cwd: paths.workspaceRoot,
      logFile: paths.logFile(app),
      graceMs: GRACE_MS,
    });
    supervisor.watch(app, child);
    const url = `${localUrl(options.ports[app])}${STARTED_PATH[app]}`;
    await waitUntilReady(child, () => answersOk(url), READY_TIMEOUT_MS);
  });
}
