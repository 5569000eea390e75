import { Spool } from '../src/spool';
import { SpoolError } from '../src/spool-error';

/**
 * A process with a spool: `append FOLDER FIRST` appends numbered records without end, tells each number (`+7`) once its
 * append has resolved, and reads and removes some of them, telling that (`-7`) before; `hold FOLDER` says `open` or the
 * code of the refusal and stays; `fill FOLDER` appends until that fails, then once more, and ends; `aside FOLDER` appends
 * numbered records and sets them aside until that fails, tells each, and ends.
 */
async function main(): Promise<void> {
  const [command = '', folder = '', first = '0'] = process.argv.slice(2);
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const spool = await Spool.open({
    folder,
    maxBytes: 1e9,
    segmentBytes: command === 'fill' ? 1e9 : 20_000,
  }).catch((error: SpoolError) => tell(error.code));
  if (!spool) return;
  if (command === 'append') await appendOn(spool, Number(first), tell);
  else if (command === 'fill') await fill(spool, tell);
  else if (command === 'aside') await setAside(spool, tell);
  else {
    tell('open');
    setInterval(() => undefined, 1000);
  }
}

async function appendOn(spool: Spool, first: number, tell: (line: string) => void): Promise<void> {
  let next = first;
  const append = async (): Promise<void> => {
    for (;;) {
      const number = (next += 1);
      await spool.append([Buffer.from(`${number} ${'x'.repeat(number % 500)}`)]);
      tell(`+${number}`);
    }
  };
  const read = async (): Promise<void> => {
    for (;;) {
      const batch = await spool.peek({ maxRecords: 7, maxBytes: 1e6 });
      for (const { payload } of batch?.records ?? []) tell(`-${payload.toString().split(' ')[0]}`);
      if (batch) await spool.remove(batch);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  };
  await Promise.all([...Array.from({ length: 8 }, append), read()]);
}

async function fill(spool: Spool, tell: (line: string) => void): Promise<void> {
  for (let number = 0; ; number += 1) {
    try {
      await spool.append([Buffer.from(`${number} ${'x'.repeat(700)}`), Buffer.from(`${number} too`)]);
      tell(`+${number}`);
    } catch (error) {
      tell((error as SpoolError).code);
      break;
    }
  }
  await spool.append([Buffer.from('last')]);
  tell('+last');
  await spool.close();
}

async function setAside(spool: Spool, tell: (line: string) => void): Promise<void> {
  try {
    for (let number = 0; ; number += 1) {
      await spool.append([Buffer.from(`${number} ${'x'.repeat(700)}`)]);
      const batch = await spool.peek({ maxRecords: 9, maxBytes: 1e6 });
      if (!batch) throw new Error('nothing waits');
      await spool.setAside(batch.records.map(({ payload }) => ({ bytes: payload, reason: 'refused' })));
      await spool.remove(batch);
      tell(`+${number}`);
    }
  } catch (error) {
    tell((error as SpoolError).code);
  }
  await spool.close();
}

void main();
