import { describeFailure } from './set-up-error';
import { setUp } from './set-up';
import { loadSetUpConfig } from './setup.config';

const write = (stream: NodeJS.WriteStream, line: string): void => void stream.write(`${line}\n`);

async function main(): Promise<void> {
  // Whatever ends this process early, it has not succeeded.
  process.exitCode = 1;
  try {
    await setUp(loadSetUpConfig(), (line) => write(process.stdout, line));
    process.exitCode = 0;
  } catch (error) {
    write(process.stderr, describeFailure(error));
  }
}

void main();
