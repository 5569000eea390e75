import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { describeWithTerraform } from './terraform';
import { Validator } from './terraform-validate';

const TIMEOUT_MS = 300_000;
const script = path.resolve(__dirname, '..', 'scripts', 'swap-to-fork.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-fork-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(
  'synthesizes the same with the fork under the name of cdktf',
  async () => {
    const env = hostEnvironment(['AWS_', 'TIDEGATE_', 'CDKTF_', 'NODE_OPTIONS']);
    const { exitCode, stdout, stderr } = await runCommand(process.execPath, [script, folder], { env });
    expect(`${stdout}${stderr}`).toContain('synthesizes the same as cdktf for dev, staging, production');
    expect(exitCode).toBe(0);
  },
  TIMEOUT_MS,
);

describeWithTerraform('what the fork writes', (terraform) => {
  const validator = new Validator(terraform);
  beforeAll(() => validator.init(), TIMEOUT_MS);
  afterAll(() => validator.remove());

  it(
    'is the fork’s, and valid',
    async () => {
      const stacks = path.join(folder, 'fork', 'production', 'stacks');
      for (const stack of readdirSync(stacks)) {
        const text = readFileSync(path.join(stacks, stack, 'cdk.tf.json'), 'utf8');
        expect((JSON.parse(text) as Stamped)['//'].metadata.version).toBe('0.24.0');
        expect(await validator.problemsIn(path.join(stacks, stack))).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

interface Stamped {
  readonly '//': { readonly metadata: { readonly version: string } };
}
