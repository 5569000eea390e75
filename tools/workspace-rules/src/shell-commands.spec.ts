import { shellCommands } from './shell-commands';

it.each([
  [
    'words, quotes and lines that go on',
    'aws rds \\\n  wait "a b" \'c "d"\'',
    [['aws', 'rds', 'wait', 'a b', 'c "d"']],
  ],
  ['several in a line', 'a 1 && b 2; c | d &', [['a', '1'], ['b', '2'], ['c'], ['d']]],
  [
    'comments, also after a command',
    '# first\na 1 # one\nb a#b',
    [
      ['a', '1'],
      ['b', 'a#b'],
    ],
  ],
  ['assignments and exports', 'A=1 B="2 3" a\nexport C=4\nexport D=$(b 1)', [['a'], ['b', '1']]],
  [
    'a command within another, within quotes',
    'a "$(b $(c 1) 2)" 3',
    [
      ['c', '1'],
      ['b', '{output}', '2'],
      ['a', '{output}', '3'],
    ],
  ],
  ['a program in quotes over lines', "node -e 'x(1);\n  y(2)' z", [['node', '-e', 'x(1);\n  y(2)', 'z']]],
  ['redirections', 'a < in > out 2>&1\nb 2> /dev/null > "c"', [['a'], ['b']]],
  [
    'a group in a subshell',
    '(cd infra/aws && npx cdktf synth)',
    [
      ['cd', 'infra/aws'],
      ['npx', 'cdktf', 'synth'],
    ],
  ],
  [
    'placeholders',
    'keys revoke <id> --to <its revision>',
    [['keys', 'revoke', '{id}', '--to', '{its_revision}']],
  ],
])('reads %s', (_, script, commands) => {
  expect(shellCommands(script)).toEqual(commands);
});
