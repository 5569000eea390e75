import { readHostConfig } from './host.config';
import { HELP, parseOptions } from './options';
import { runStack } from './run-stack';
import { StackError } from './stack-error';

async function main(): Promise<number> {
  const workspaceRoot = process.cwd();
  const options = parseOptions(process.argv.slice(2), workspaceRoot);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  console.log('Starting Tidegate on this machine');
  return runStack({
    workspaceRoot,
    options,
    host: readHostConfig(),
    print: (line) => console.log(line),
    exit: (code) => process.exit(code),
  });
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof StackError ? error.message : error);
    process.exit(1);
  },
);
