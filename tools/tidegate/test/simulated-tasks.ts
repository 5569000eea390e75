import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** How a task ends. */
export interface TaskEnd {
  readonly stoppedReason: string;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode?: number;
    readonly reason?: string;
  }[];
}

/**
 * The simulator's API, but that its tasks run: RunTask is what the simulator makes of it; then `onRun` plays the
 * containers' part, and DescribeTasks tells of the end. (The simulator itself runs nothing, so no task of it ever ends.)
 */
export class SimulatedTasks {
  readonly url: string;
  /** Bodies of the RunTask requests. */
  readonly runs: Record<string, unknown>[] = [];
  end: TaskEnd = { stoppedReason: 'Essential container in task exited', containers: [] };
  onRun: (taskId: string) => Promise<void> = () => Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly simulator: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(simulator: string): Promise<SimulatedTasks> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tasks = new SimulatedTasks(server, simulator);
    server.on('request', (request: IncomingMessage, response) => {
      void tasks.answer(request).then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type }).end(body);
      });
    });
    return tasks;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const sent = await buffer(request);
    const passed = ['authorization', 'content-type', 'x-amz-target', 'x-amz-date'];
    const headers = passed.map((name) => [name, String(request.headers[name] ?? '')]);
    const reply = await fetch(`${this.simulator}${request.url}`, {
      method: 'POST',
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: new Uint8Array(sent),
    });
    const operation = String(request.headers['x-amz-target']).split('.').at(-1);
    const text = await reply.text();
    const body = reply.ok ? await this.played(operation, sent.toString(), text) : text;
    return { status: reply.status, type: reply.headers.get('content-type') ?? 'application/json', body };
  }

  private async played(operation: string | undefined, sent: string, received: string): Promise<string> {
    if (operation !== 'RunTask' && operation !== 'DescribeTasks') return received;
    const answer = JSON.parse(received) as { tasks: { taskArn: string }[] };
    if (operation === 'DescribeTasks')
      return JSON.stringify({
        tasks: answer.tasks.map((task) => ({ ...task, lastStatus: 'STOPPED', ...this.end })),
      });
    this.runs.push(JSON.parse(sent) as Record<string, unknown>);
    await this.onRun(answer.tasks[0]?.taskArn.split('/').at(-1) ?? '');
    return received;
  }
}
