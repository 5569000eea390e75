import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { configurationDocument } from './configuration-document';

/** Where to, when it is only to be compared. */
const [file = path.resolve(__dirname, '../../../docs/configuration.md')] = process.argv.slice(2);

void configurationDocument().then((text) => writeFileSync(file, text));
