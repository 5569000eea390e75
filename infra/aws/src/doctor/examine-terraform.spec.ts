import { terraformProblems } from './examine-terraform';

const facts = { terraform: '1.11.4', wantedProvider: '5.100.0', lockedProviders: new Map<string, string>() };

it.each(['1.11.0', '1.11.4', '1.12.0', '1.15.2', '2.0.0', '1.11.0-rc1'])(
  'takes Terraform %s',
  (terraform) => {
    expect(terraformProblems({ ...facts, terraform })).toEqual([]);
  },
);

it.each([
  ['1.10.5', 'Terraform 1.10.5 cannot lock the state in S3.'],
  ['0.15.0', 'Terraform 0.15.0 cannot lock the state in S3.'],
  [undefined, 'The program "terraform" is not on PATH, or does not start.'],
])('refuses Terraform %s', (terraform, what) => {
  const [problem, ...others] = terraformProblems({ ...facts, terraform });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ what, expected: 'Terraform 1.11 or newer.' });
});

it('finds a stack that is held to another provider than the one that is asked for', () => {
  const lockedProviders = new Map([
    ['/work/infra/aws/cdktf.out/stacks/dev-storage', '5.100.0'],
    ['/work/infra/aws/cdktf.out/stacks/dev-services', '5.99.1'],
  ]);
  const [problem, ...others] = terraformProblems({ ...facts, lockedProviders });
  expect(others).toEqual([]);
  expect(problem?.what).toContain('dev-services is held to version 5.99.1');
  expect(problem?.expected).toContain('5.100.0');
  expect(problem?.remedy).toMatch(/^terraform -chdir=\S+\/stacks\/dev-services init -upgrade$/);
});
