import path from 'node:path';
import { findFreePort } from '@tidegate/local-parts';
import { compileProgram } from '../own-programs';
import type { Workbench } from '../workbench';
import { contestantOf, type Contestant } from './contestant';
import { ECHO, INSTANCES, type Dialect } from './dialects';
import { LABELS } from './labels';
import type { DigitsVersion } from './models';

/** Reads and writes JSON, no model. */
export function startEcho(bench: Workbench): Promise<Contestant> {
  return startNode(bench, { label: LABELS.echo, program: 'json-echo', dialect: ECHO, args: [] });
}

/** node:http with onnxruntime-node, and nothing else but the micro-batches. */
export function startBareOnnx(bench: Workbench, { file }: DigitsVersion): Promise<Contestant> {
  return startNode(bench, { label: LABELS.bareOnnx, program: 'bare-onnx', dialect: INSTANCES, args: [file] });
}

/** Takes what the app would send to the prediction log. */
export function startLogSink(bench: Workbench): Promise<Contestant> {
  return startNode(bench, { label: 'log sink', program: 'log-sink', dialect: ECHO, args: [] });
}

async function startNode(
  bench: Workbench,
  spec: { label: string; program: string; dialect: Dialect; args: readonly string[] },
): Promise<Contestant> {
  const { label, program, dialect, args } = spec;
  const port = await findFreePort();
  const file = compileProgram(path.join(__dirname, 'programs', `${program}.ts`));
  const server = await bench.start({
    name: program,
    command: [process.execPath, file, String(port), ...args],
    port,
    environment: { NODE_ENV: 'production' },
  });
  return contestantOf(label, { server, port, dialect });
}
