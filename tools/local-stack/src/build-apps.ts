import path from 'node:path';
import { APP_NAMES } from './service-names';
import type { StackContext } from './stack-context';

/** Bundles the apps; Nx answers from its cache when nothing changed. */
export async function buildApps({ options, host, paths, supervisor, progress }: StackContext): Promise<void> {
  const apps = APP_NAMES.filter((app) => !options.except.includes(app));
  if (apps.length === 0) return;
  const build = {
    name: 'The build of the apps',
    command: process.execPath,
    args: [
      path.join(paths.workspaceRoot, 'node_modules', '.bin', 'nx'),
      ...['run-many', '-t', 'build', '-p', apps.join(','), '--output-style=stream'],
    ],
    // Nx in one process starts twice as fast, and nothing is left running.
    env: {
      ...host.childEnvironment,
      NX_DAEMON: 'false',
      NX_ISOLATE_PLUGINS: 'false',
      NX_TUI: 'false',
      FORCE_COLOR: '0',
    },
    cwd: paths.workspaceRoot,
    logFile: paths.logFile('build'),
  };
  await progress.step('the apps are built', () => supervisor.runTask(build));
}
