import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withCurrentCauses } from './causes-document';

const DOCUMENT = path.resolve(__dirname, '../../../../docs/troubleshooting.md');

writeFileSync(DOCUMENT, withCurrentCauses(readFileSync(DOCUMENT, 'utf8')));
