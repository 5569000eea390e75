/** On a build server a test that cannot run is a failure. */
export function isOnBuildServer(): boolean {
  return process.env['CI'] === 'true';
}
