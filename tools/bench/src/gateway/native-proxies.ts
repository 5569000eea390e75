import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findFreePort } from '@tidegate/local-parts';
import { findProgram } from '../installed-programs';
import { LABELS } from './labels';
import type { Target } from '../target';
import { writeNginxConfig } from './upstreams';
import type { Workbench } from '../workbench';

const KEPT_CONNECTIONS = 128;

/** nginx on one core; undefined when it is not installed. */
export async function startNginxProxy(bench: Workbench, upstream: Target): Promise<Target | undefined> {
  const nginx = findProgram('nginx');
  if (nginx === undefined) return undefined;
  const port = await findFreePort();
  const config = writeNginxConfig(
    bench,
    'proxy',
    `upstream target { server ${new URL(upstream.url).host}; keepalive ${KEPT_CONNECTIONS}; keepalive_requests 1000000000; }
     server { listen 127.0.0.1:${port}; location / {
       proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection "";
       proxy_request_buffering off; } }`,
  );
  const command = bench.cores.forProxy(nginx, '-c', config);
  const server = await bench.start({ name: 'nginx', command, port });
  return { label: LABELS.nginx, url: `http://127.0.0.1:${port}`, pid: server.pid, headers: {} };
}

/** HAProxy with one thread; undefined when it is not installed. */
export async function startHaproxy(bench: Workbench, upstream: Target): Promise<Target | undefined> {
  const haproxy = findProgram('haproxy');
  if (haproxy === undefined) return undefined;
  const port = await findFreePort();
  const config = path.join(bench.folder, 'haproxy.cfg');
  writeFileSync(
    config,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 75s
  timeout server 75s
  http-reuse always
frontend callers
  bind 127.0.0.1:${port}
  default_backend target
backend target
  server target ${new URL(upstream.url).host}
`,
  );
  const command = bench.cores.forProxy(haproxy, '-db', '-f', config);
  const server = await bench.start({ name: 'haproxy', command, port });
  return { label: LABELS.haproxy, url: `http://127.0.0.1:${port}`, pid: server.pid, headers: {} };
}
