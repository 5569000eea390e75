import { promises as dns } from 'node:dns';
import { parseArgs } from 'node:util';
import { FaultyDnsServer } from '@tidegate/testing';
import { describeMachine, machineLine } from '../machine';
import { askingContestants, cachedContestants } from './contestants';
import { measure } from './measure';
import { runOutage } from './outage';
import { table } from './report';

const GOAL_PER_SECOND = 1_000_000;

async function rates(): Promise<boolean> {
  const cached = await measure(await cachedContestants(), { rounds: 5, roundMs: 500 });
  console.log(`${table('answers from the cache', cached)}\n`);
  const server = await FaultyDnsServer.start();
  const nodeResolver = new dns.Resolver();
  nodeResolver.setServers([server.address]);
  const asking = await measure(askingContestants(server, nodeResolver), { rounds: 5, roundMs: 500 });
  await server.stop();
  console.log(`${table('asks a name server on this machine', asking)}\n`);
  const peek = cached.find(({ contestant }) => contestant.label === 'AddressBook.peek');
  const isReached = peek !== undefined && peek.perSecond.median >= GOAL_PER_SECOND;
  console.log(`Goal: AddressBook.peek ≥ 1,000,000 look-ups/s: ${isReached ? 'reached' : 'missed'}`);
  return isReached;
}

async function outage(outageSeconds: number): Promise<boolean> {
  const report = await runOutage({ outageSeconds, onProgress: (line) => console.log(line) });
  console.log(
    `Goal: 0 failed requests in ${outageSeconds} s: ${report.failed} of ${report.requests} failed, ` +
      `the slowest took ${Math.round(report.slowestMs)} ms`,
  );
  return report.failed === 0 && report.requests > 0;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { outage: { type: 'string' } } });
  const outageSeconds = Number(values.outage ?? 0);
  if (!Number.isFinite(outageSeconds) || outageSeconds < 0 || outageSeconds > 3600) {
    throw new Error(`--outage ${values.outage} is not a number of seconds. Expected 1 to 3600, such as 299.`);
  }
  console.log(`${machineLine(describeMachine(new Date()))}\n`);
  process.exitCode = (await (outageSeconds > 0 ? outage(outageSeconds) : rates())) ? 0 : 1;
}

void main();
