import { joinTestStack } from '@tidegate/testing';

/** On a build server a skipped test fails: nobody would look at it again. */
export function doSkipsFail(): boolean {
  return process.env['CI'] === 'true';
}

/**
 * The environment of Nx: no daemon, no processes for plugins (the boundary rule starts Nx in every lint), no interface
 * that takes the terminal over; joined to the stack if there is one.
 */
export function nxEnvironment(stackFile: string | undefined): NodeJS.ProcessEnv {
  const environment = stackFile === undefined ? { ...process.env } : joinTestStack(stackFile);
  delete environment['TSX_TSCONFIG_PATH'];
  return { ...environment, NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' };
}
