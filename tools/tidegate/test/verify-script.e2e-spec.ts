import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { workspaceRoot } from '@tidegate/testing';

describe('infra/aws/scripts/verify.sh', () => {
  let folder: string;
  let server: Server;
  let answers: string[];

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidegate-verify-'));
    cpSync(path.join(workspaceRoot, 'infra/aws/scripts'), path.join(folder, 'scripts'), { recursive: true });
    server = createServer((_request, response) =>
      response.end(answers.length > 1 ? answers.shift() : answers[0]),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
    writeFileSync(
      path.join(folder, 'outputs.dev.json'),
      JSON.stringify({ 'dev-services': { health_url: url } }),
    );
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function verify(seconds: number): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
    const child = spawn(path.join(folder, 'scripts/verify.sh'), ['dev', String(seconds)]);
    const ended = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { exitCode: ((await ended) as unknown[])[0], stdout, stderr };
  }

  it('waits until the installation is healthy', async () => {
    answers = ['<html>503 Service Temporarily Unavailable</html>', '{"status":"healthy","services":{}}'];
    expect(await verify(30)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('fails with the last answer when a part is lost', async () => {
    answers = ['{"status":"degraded","services":{"mlflow":{"status":"healthy"}}}'];
    const { exitCode, stderr } = await verify(0);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is not healthy');
    expect(stderr).toContain('"degraded"');
  });
});
