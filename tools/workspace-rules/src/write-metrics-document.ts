import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { metricsDocument } from './metrics-document';

/** Where to, when it is only to be compared. */
const [file = path.resolve(__dirname, '../../../docs/metrics.md')] = process.argv.slice(2);

void metricsDocument().then((text) => writeFileSync(file, text));
