import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findFreePort } from '@tidegate/local-parts';
import { findProgram } from '../installed-programs';
import { ownProgram } from './own-program';
import type { Target } from '../target';
import type { Workbench } from '../workbench';

/** About as long as a small run of MLflow. */
const RUN = JSON.stringify({
  run: {
    info: {
      run_id: '8f1c2ad1cb2d4c7e9a3f5b6c7d8e9f00',
      run_name: 'a run of the benchmark',
      experiment_id: '1',
      status: 'RUNNING',
      start_time: 1_764_000_000_000,
      artifact_uri: 'mlflow-artifacts:/1/8f1c2ad1cb2d4c7e9a3f5b6c7d8e9f00/artifacts',
      lifecycle_stage: 'active',
    },
    data: { metrics: [{ key: 'loss', value: 0.25, step: 1 }] },
  },
});

/** Answers every request with the same small JSON, as cheaply as this machine can. */
export async function startSmallUpstream(bench: Workbench): Promise<Target> {
  const port = await findFreePort();
  const nginx = findProgram('nginx');
  const command =
    nginx === undefined
      ? bench.cores.forOthers(process.execPath, ownProgram('small-upstream'), String(port), RUN)
      : bench.cores.forOthers(nginx, '-c', writeNginxConfig(bench, 'upstream', answering(port)));
  const server = await bench.start({ name: 'upstream', command, port });
  const label = `upstream directly (${nginx === undefined ? 'node:http' : 'nginx'})`;
  return { label, url: `http://127.0.0.1:${port}`, pid: server.pid, headers: {} };
}

/** Makes up files of any length and forgets what it is sent. */
export async function startBytesUpstream(bench: Workbench): Promise<Target> {
  const port = await findFreePort();
  const command = bench.cores.forOthers(process.execPath, ownProgram('bytes-upstream'), String(port));
  const server = await bench.start({ name: 'bytes-upstream', command, port });
  return { label: 'upstream directly', url: `http://127.0.0.1:${port}`, pid: server.pid, headers: {} };
}

/** One process in the foreground without logs. @returns the file */
export function writeNginxConfig(bench: Workbench, name: string, server: string): string {
  const file = path.join(bench.folder, `nginx-${name}.conf`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${bench.folder}/nginx-${name}-${what};`,
  );
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${bench.folder}/nginx-${name}.pid; error_log stderr warn;
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 1000000000; keepalive_timeout 75s; tcp_nodelay on;
       ${temporary.join(' ')}
       ${server} }\n`,
  );
  return file;
}

function answering(port: number): string {
  return `server { listen 127.0.0.1:${port}; location / { default_type application/json; return 200 '${RUN}'; } }`;
}
