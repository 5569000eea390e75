import { describeMachine } from '../machine';
import { measureArtifacts, type TransferTable } from './artifacts';
import { GatewayStarter } from './gateway-under-load';
import type { Measured } from './goals';
import { LABELS } from './labels';
import { measureLatency } from './latency';
import { startHaproxy, startNginxProxy } from './native-proxies';
import { startBareProxy, startFastifyProxy } from './node-proxies';
import type { BenchOptions } from './options';
import { measureProbesAtFullLoad } from './probes-at-full-load';
import { measureScenarios } from './measure-scenarios';
import type { Run } from './report';
import type { Target } from '../target';
import { startBytesUpstream, startSmallUpstream } from './upstreams';
import type { Workbench } from '../workbench';
import { LoadGenerator } from '../wrk';

const PROBE_SECONDS = 15;

/** Starts every target, measures all of them in one run. */
export async function runBench(bench: Workbench, options: BenchOptions): Promise<Run> {
  const machine = describeMachine(new Date());
  const load = new LoadGenerator(bench);
  const gateways = await GatewayStarter.prepare(bench, options.profileFolder);
  const upstream = await startSmallUpstream(bench);
  const gateway = await gateways.start(upstream);
  const own = [gateway, await startBareProxy(bench, upstream), await startFastifyProxy(bench, upstream)];
  const nginx = await startNginxProxy(bench, upstream);
  const haproxy = await startHaproxy(bench, upstream);
  const targets = [upstream, ...own, nginx, haproxy].filter((target) => target !== undefined);
  const measured = await measureSmall(bench, load, { targets, gateway, options });
  const artifacts = options.artifactGib === 0 ? [] : await measureLarge(bench, gateways, options);
  return {
    machine,
    cores: bench.cores.description,
    notInstalled: [nginx ? [] : [LABELS.nginx], haproxy ? [] : [LABELS.haproxy]].flat(),
    measured: { ...measured, artifacts },
    // One that breaks off ends the run.
    failures: [],
  };
}

async function measureSmall(
  bench: Workbench,
  load: LoadGenerator,
  { targets, gateway, options }: { targets: readonly Target[]; gateway: Target; options: BenchOptions },
): Promise<Omit<Measured, 'artifacts'>> {
  bench.say('requests per second');
  const rates = await measureScenarios(load, targets, options);
  bench.say('one request after the other');
  const latency = await measureLatency(load, targets, options);
  bench.say('probes at full load');
  const { connections } = options;
  const probes = await measureProbesAtFullLoad(load, gateway, { seconds: PROBE_SECONDS, connections });
  return { rates, latency, probes };
}

/** With processes of their own: what the load before left in memory would hide what a transfer needs. */
async function measureLarge(
  bench: Workbench,
  gateways: GatewayStarter,
  { rounds, artifactGib: gib }: BenchOptions,
): Promise<readonly TransferTable[]> {
  const upstream = await startBytesUpstream(bench);
  const targets = [upstream, await gateways.start(upstream), await startBareProxy(bench, upstream)];
  bench.say('artifacts');
  return measureArtifacts(targets, { rounds, gib });
}
