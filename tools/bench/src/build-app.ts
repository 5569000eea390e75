import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

const BUILD_MS = 300_000;

/**
 * Builds one of our apps as it is released.
 *
 * @returns its bundle
 * @throws Error with what the build said
 */
export async function buildApp(name: 'inference' | 'logging'): Promise<string> {
  const webpack = path.join(workspaceRoot, 'node_modules', 'webpack', 'bin', 'webpack.js');
  const { exitCode, stdout, stderr } = await runCommand(
    process.execPath,
    [webpack, '-c', `apps/${name}/webpack.config.cjs`],
    { env: hostEnvironment(), cwd: workspaceRoot, timeoutMs: BUILD_MS },
  );
  if (exitCode !== 0) throw new Error(`apps/${name} could not be built:\n${stdout}${stderr}`);
  return bundleOf(name);
}

/** Where the build puts it. */
export function bundleOf(name: 'inference' | 'logging'): string {
  return path.join(workspaceRoot, 'dist', 'apps', name, 'main.js');
}
