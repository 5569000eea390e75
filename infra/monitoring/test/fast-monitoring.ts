import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  findFreePort,
  hostEnvironment,
  startProcess,
  waitUntilReady,
  type ManagedProcess,
} from '@tidegate/local-parts';
import { parse, stringify } from 'yaml';
import { shorterDuration, withShorterDurations } from '../src/promql';
import { monitoringFolder, prometheusFolder, type RuleFile } from '../src/rule-files';

/** How much faster time goes for the copies: five minutes are 15 seconds. */
const FASTER = 20;
/** Of scrapes and rules; the shortest window of a rule holds four of them. */
const TICK = '750ms';
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 250;
/** The longest window that a test waits for, half an hour, is 90 s here. */
const WAIT_TIMEOUT_MS = 150_000;

/** What Slack would have got. */
export interface Message {
  readonly channel: 'pages' | 'tickets';
  readonly title: string;
  readonly text: string;
}

export interface FiringAlert {
  readonly alertname: string;
  readonly [label: string]: string;
}

/** Which app listens where. */
export type Targets = Readonly<Record<'api' | 'inference-service' | 'logging-service', string>>;

/** A real Prometheus and Alertmanager on copies of the files of this project in which nothing but time differs. */
export class FastMonitoring {
  readonly messages: Message[] = [];
  private readonly processes: ManagedProcess[] = [];
  private readonly slack = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { attachments } = JSON.parse(Buffer.concat(chunks).toString()) as { attachments: Message[] };
      const channel = request.url === '/pages' ? 'pages' : 'tickets';
      for (const { title, text } of attachments) this.messages.push({ channel, title, text });
      response.end('ok');
    });
  });

  private constructor(
    /** Of Prometheus. */
    readonly url: string,
    private readonly alertmanagerUrl: string,
    private readonly folder: string,
  ) {}

  static async start(folder: string, targets: Targets): Promise<FastMonitoring> {
    const [port, alertmanagerPort] = [await findFreePort(), await findFreePort()];
    const alertmanager = `http://127.0.0.1:${alertmanagerPort}`;
    const monitoring = new FastMonitoring(`http://127.0.0.1:${port}`, alertmanager, folder);
    await monitoring.startAlertmanager(alertmanagerPort);
    await monitoring.startPrometheus(port, { ...targets, alertmanager });
    return monitoring;
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await process.stop();
    this.slack.close();
    this.slack.closeAllConnections();
  }

  /** Series of an instant query, their labels. */
  async query(expression: string): Promise<Record<string, string>[]> {
    const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data, error } = (await answer.json()) as {
      data?: { result: { metric: Record<string, string> }[] };
      error?: string;
    };
    if (data === undefined) throw new Error(`Prometheus refuses "${expression}": ${error}`);
    return data.result.map(({ metric }) => metric);
  }

  async firing(): Promise<FiringAlert[]> {
    return (await this.query('ALERTS{alertstate="firing"}')) as unknown as FiringAlert[];
  }

  /** Waits until an alert with these labels fires. */
  async fires(labels: FiringAlert): Promise<void> {
    await this.until(`that ${JSON.stringify(labels)} fires`, async () => {
      return (await this.firing()).some((alert) => hasLabels(alert, labels));
    });
  }

  async clears(labels: FiringAlert): Promise<void> {
    await this.until(`that ${JSON.stringify(labels)} does not fire`, async () => {
      return !(await this.firing()).some((alert) => hasLabels(alert, labels));
    });
  }

  async isQuiet(): Promise<void> {
    await this.until('that nothing fires', async () => (await this.firing()).length === 0);
  }

  /** Waits for a message on an alert of this name, with this state in its title. */
  async tells(
    channel: Message['channel'],
    state: 'FIRING' | 'RESOLVED',
    alertname: string,
  ): Promise<Message> {
    const title = `${state}: ${alertname}`;
    const find = (): Message | undefined =>
      this.messages.find((message) => message.channel === channel && message.title === title);
    await this.until(`the message "${title}" to ${channel}`, () => Promise.resolve(find() !== undefined));
    return find() as Message;
  }

  /** Waits until Alertmanager keeps an alert of this name quiet, since another one fires. */
  async keepsQuiet(alertname: string): Promise<void> {
    const filter = encodeURIComponent(`alertname="${alertname}"`);
    await this.until(`that Alertmanager keeps ${alertname} quiet`, async () => {
      const answer = await fetch(`${this.alertmanagerUrl}/api/v2/alerts?filter=${filter}`);
      const alerts = (await answer.json()) as { status: { inhibitedBy: string[] } }[];
      return alerts.some(({ status }) => status.inhibitedBy.length > 0);
    });
  }

  /** @throws Error that says what fires instead */
  private async until(expected: string, isTrue: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + WAIT_TIMEOUT_MS;
    while (!(await isTrue())) {
      if (performance.now() > deadlineMs)
        throw new Error(`Expected ${expected}; these fire: ${JSON.stringify(await this.firing())}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async startAlertmanager(port: number): Promise<void> {
    await once(this.slack.listen(0, '127.0.0.1'), 'listening');
    const slackUrl = `http://127.0.0.1:${(this.slack.address() as AddressInfo).port}`;
    const folder = path.join(this.folder, 'alertmanager');
    await mkdir(path.join(folder, 'secrets'), { recursive: true });
    for (const channel of ['pages', 'tickets'])
      await writeFile(path.join(folder, 'secrets', `slack-${channel}-url`), `${slackUrl}/${channel}`);
    const config = await readFile(path.join(monitoringFolder, 'alertmanager/alertmanager.yml'), 'utf8');
    const faster = config.replace(
      /(group_wait|group_interval): (\w+)/g,
      (_, name: string, duration: string) => {
        return `${name}: ${shorterDuration(duration, FASTER)}`;
      },
    );
    await writeFile(path.join(folder, 'alertmanager.yml'), faster);
    const args = ['--config.file=alertmanager.yml', '--storage.path=data', '--cluster.listen-address='];
    await this.run('prometheus-alertmanager', folder, port, args);
  }

  private async startPrometheus(port: number, targets: Readonly<Record<string, string>>): Promise<void> {
    const folder = path.join(this.folder, 'prometheus');
    await cp(prometheusFolder, folder, { recursive: true });
    for (const [name, url] of Object.entries(targets))
      await writeFile(
        path.join(folder, 'targets', `${name}.yml`),
        stringify([{ targets: [new URL(url).host] }]),
      );
    await this.rewrite<{ global: object }>(path.join(folder, 'prometheus.yml'), (config) => {
      config.global = { scrape_interval: TICK, scrape_timeout: TICK, evaluation_interval: TICK };
    });
    for (const name of await readdir(path.join(folder, 'rules')))
      await this.rewrite<RuleFile>(path.join(folder, 'rules', name), makeFaster);
    const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--query.lookback-delta=3s'];
    await this.run('prometheus', folder, port, args);
  }

  private async rewrite<T>(file: string, change: (content: T) => void): Promise<void> {
    const content = parse(await readFile(file, 'utf8')) as T;
    change(content);
    await writeFile(file, stringify(content));
  }

  private async run(program: string, folder: string, port: number, args: readonly string[]): Promise<void> {
    const process = await startProcess({
      name: program,
      command: program,
      args: [...args, `--web.listen-address=127.0.0.1:${port}`],
      env: hostEnvironment(),
      cwd: folder,
      logFile: path.join(folder, 'output.log'),
    });
    this.processes.unshift(process);
    const isReady = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntilReady(process, isReady, START_TIMEOUT_MS);
  }
}

function makeFaster({ groups }: RuleFile): void {
  for (const group of groups) {
    group.interval = TICK;
    for (const rule of group.rules) {
      rule.expr = withShorterDurations(rule.expr, FASTER);
      if ('alert' in rule && rule.for !== undefined) rule.for = shorterDuration(rule.for, FASTER);
    }
  }
}

function hasLabels(alert: FiringAlert, labels: FiringAlert): boolean {
  return Object.entries(labels).every(([name, value]) => alert[name] === value);
}
