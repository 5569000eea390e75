import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSecrets } from './secrets';

const [file = path.join(__dirname, '..', '.env')] = process.argv.slice(2);
const lines = Object.entries(makeSecrets()).map(([name, value]) => `${name}=${value}\n`);

try {
  // For its owner only; and never over one that is there: the data was made with those secrets.
  writeFileSync(file, lines.join(''), { flag: 'wx', mode: 0o600 });
  process.stdout.write(`${file} has ${lines.length} new secrets.\n`);
} catch (error) {
  const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
  process.stderr.write(
    isThere
      ? `${file} is there already and stays as it is: the data was made with its secrets. To begin anew, remove the ` +
          'data with "docker compose down --volumes", then the file.\n'
      : `${file} could not be written: ${(error as Error).message}. Name a file in a folder that is there.\n`,
  );
  process.exitCode = 1;
}
