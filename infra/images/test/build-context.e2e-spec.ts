import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';
import { BUILD_TIMEOUT_MS, buildImage } from './containers';
import { inspectImage } from './inspected-image';

const BASE = 'public.ecr.aws/docker/library/node:24-bookworm-slim';
const WANTED = [
  'apps/api/src/main.ts',
  // No test, though its name ends like one.
  'apps/inference/src/models/model-spec.ts',
  'infra/images/mlflow/main.py',
  'infra/images/rds-ca.pem',
  'infra/setup/src/main.ts',
  'libs/config/src/index.ts',
  'package-lock.json',
  'package.json',
  'webpack.service.cjs',
];
const UNWANTED = [
  '.env',
  '.git/config',
  '.npmrc',
  '.tidegate/secrets.json',
  'apps/api/.env.local',
  'apps/api/node_modules/x/index.js',
  'apps/api/test/gateway.e2e-spec.ts',
  'dist/apps/api/main.js',
  'infra/aws/terraform.dev-services.tfstate',
  'libs/config/src/load-config.spec.ts',
  'libs/dns/src/dns-faults.int-spec.ts',
  'node_modules/x/index.js',
  'server.key',
];

it(
  'gives a build what the images are made of: no secret, state, history or test',
  async () => {
    const context = await mkdtemp(path.join(tmpdir(), 'tidegate-build-context-'));
    try {
      for (const file of [...WANTED, ...UNWANTED]) {
        await mkdir(path.join(context, path.dirname(file)), { recursive: true });
        await writeFile(path.join(context, file), file);
      }
      await copyFile(path.join(workspaceRoot, '.dockerignore'), path.join(context, '.dockerignore'));
      const dockerfile = path.join(context, 'Dockerfile');
      await writeFile(dockerfile, `FROM ${BASE}\nCOPY . /context/\n`);
      await buildImage('localhost/tidegate-test-context', ['-f', dockerfile], context);
      const { files } = await inspectImage('localhost/tidegate-test-context', BASE);
      expect(files.map((file) => file.path.replace(/^context\//, '')).sort()).toEqual(WANTED);
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  },
  BUILD_TIMEOUT_MS,
);
