import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_DATA_DIR } from './options';
import { reset } from './reset';
import { StackError } from './stack-error';
import { stackPaths } from './stack-paths';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'data-dir': { type: 'string' } } });
  const workspaceRoot = process.cwd();
  const dataDir = path.resolve(workspaceRoot, values['data-dir'] ?? DEFAULT_DATA_DIR);
  const isRemoved = await reset(stackPaths(workspaceRoot, dataDir), (line) => console.log(line));
  console.log(isRemoved ? `Removed ${dataDir}.` : `Nothing to remove: there is no ${dataDir}.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof StackError || error instanceof TypeError ? error.message : error);
  process.exit(1);
});
