import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXCEPTIONS, judge } from '../src/rules';
import { runCheckov, type CheckovFinding } from './checkov/checkov';
import { SynthesizedEnvironment } from './synthesized-environment';

const TIMEOUT_MS = 240_000;
const isCheckov = (ruleId: string): boolean => ruleId.startsWith('CKV');
const production = new SynthesizedEnvironment('production');
let findings: CheckovFinding[];

beforeAll(async () => {
  findings = await runCheckov(production.folder);
}, TIMEOUT_MS);
afterAll(() => production.remove());

function plant(name: string, text: string): string {
  const folder = path.join(production.folder, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'cdk.tf.json'), text);
  return folder;
}

it('finds nothing in production that has no written reason', () => {
  expect(judge(findings, EXCEPTIONS, isCheckov).unexplained).toEqual([]);
});

it('has no exception that explains nothing any more', () => {
  expect(judge(findings, EXCEPTIONS, isCheckov).unused).toEqual([]);
});

it(
  'finds a database that is open to the world',
  async () => {
    const values = { publicly_accessible: true, storage_encrypted: true, engine: 'postgres' };
    const resource = { aws_db_instance: { planted_0123ABCD: values } };
    const planted = await runCheckov(plant('planted', JSON.stringify({ resource })));
    expect(judge(planted, EXCEPTIONS, isCheckov).unexplained).toContainEqual(
      expect.objectContaining({ ruleId: 'CKV_AWS_17' }),
    );
  },
  TIMEOUT_MS,
);

it(
  'does not take a file that cannot be read for a good one',
  async () => {
    await expect(runCheckov(plant('torn', '{"resource": {'))).rejects.toThrow('did not read everything');
  },
  TIMEOUT_MS,
);
