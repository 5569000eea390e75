import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ENVIRONMENT_NAMES } from '../src/environments';
import { SynthesizedEnvironment } from './synthesized-environment';
import { describeWithTerraform } from './terraform';
import { Validator } from './terraform-validate';

const TIMEOUT_MS = 300_000;

describeWithTerraform('terraform validate, with the real provider,', (terraform) => {
  const validator = new Validator(terraform);
  let environment: SynthesizedEnvironment;

  beforeAll(() => validator.init(), TIMEOUT_MS);
  afterEach(() => environment.remove());
  afterAll(() => validator.remove());

  it.each(ENVIRONMENT_NAMES)(
    'takes every stack of %s',
    async (name) => {
      environment = new SynthesizedEnvironment(name);
      const folders = Object.values(environment.stackFolders);
      const problems = await Promise.all(folders.map((folder) => validator.problemsIn(folder)));
      expect(problems).toEqual([[], [], []]);
    },
    TIMEOUT_MS,
  );

  it(
    'refuses an argument that the provider does not have',
    async () => {
      environment = new SynthesizedEnvironment('dev');
      const folder = environment.stackFolders['dev-storage'] ?? '';
      const file = path.join(folder, 'cdk.tf.json');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"block_public_acls"', '"blockPublicAcls"'));
      const problems = await validator.problemsIn(folder);
      expect(problems.join()).toContain('blockPublicAcls');
    },
    TIMEOUT_MS,
  );
});
