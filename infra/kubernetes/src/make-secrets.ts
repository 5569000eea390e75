import { OVERLAYS } from './rendered';
import { makeSecrets } from './secrets';

const [environment = ''] = process.argv.slice(2);
if ((OVERLAYS as readonly string[]).includes(environment)) {
  const list = { apiVersion: 'v1', kind: 'List', items: makeSecrets(environment) };
  process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
} else {
  process.stderr.write(
    `"${environment}" is no environment: expected ${OVERLAYS.join(' or ')}. Nothing was made. ` +
      'Say one, as in "make-secrets.ts dev | kubectl create -f -".\n',
  );
  process.exitCode = 2;
}
