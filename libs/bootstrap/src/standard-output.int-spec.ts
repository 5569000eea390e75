import { execFile } from 'node:child_process';
import path from 'node:path';

const MODULE = path.join(__dirname, 'standard-output.ts');

/** Runs a program that has `output`; gives what it wrote to standard output and its exit code. */
function run(program: string): Promise<{ stdout: string; code: unknown }> {
  const source = `const { standardOutput } = require(${JSON.stringify(MODULE)}); const output = standardOutput(); ${program}`;
  return new Promise((resolve) =>
    execFile(process.execPath, ['--require', 'tsx/cjs', '--eval', source], (error, stdout) =>
      resolve({ stdout, code: error?.code ?? 0 }),
    ),
  );
}

describe('standard output', () => {
  it.each([
    ['runs out of work', '', 0],
    ['is ended', 'process.exit(3)', 3],
    ['fails', "throw new Error('unexpected')", 1],
    ['fails later', "setTimeout(() => { output.write('three\\n'); throw new Error('unexpected'); }, 20)", 1],
  ])('has every line when the process %s', async (_how, end, code) => {
    const result = await run(`output.write('one\\n'); output.write('two\\n'); ${end}`);
    expect(result).toEqual({ stdout: end.includes('three') ? 'one\ntwo\nthree\n' : 'one\ntwo\n', code });
  });

  it('has lines that its reader had no time for when the process is ended', async () => {
    const { stdout } = await run(
      "output.write('x'.repeat(1_000_000)); setImmediate(() => setImmediate(() => { output.write('last\\n'); process.exit(0); }));",
    );
    expect(stdout.length).toBe(1_000_005);
  });

  it('keeps the order over many turns', async () => {
    const { stdout } = await run(
      'let n = 0; const next = () => { output.write(`${n++}\\n`); output.write(`${n++}\\n`); if (n < 200) setImmediate(next); }; next();',
    );
    expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
  });
});
