import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { workspaceRoot } from './lint-texts';

/** The projects `nx affected -t build` would build when only `file` changed. */
function builtAfterChanging(file: string): string[] {
  const nx = path.join(workspaceRoot, 'node_modules/.bin/nx');
  const args = ['show', 'projects', '--affected', `--files=${file}`, '--withTarget=build', '--json'];
  const output = execFileSync(nx, args, {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  return (JSON.parse(output) as string[]).sort();
}

describe('nx affected -t build', () => {
  it('builds the one app that was touched', () => {
    expect(builtAfterChanging('apps/logging/src/main.ts')).toEqual(['logging']);
  });

  it('builds the apps that use the lib that was touched, through other libs too', () => {
    expect(builtAfterChanging('libs/dns/src/index.ts')).toEqual(['api', 'inference']);
    expect(builtAfterChanging('libs/clock/src/index.ts')).toEqual(['api', 'inference', 'logging', 'setup']);
  });
});
