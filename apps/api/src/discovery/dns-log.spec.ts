import { Logger } from '@nestjs/common';
import type { LookupEvent } from '@tidegate/dns';
import { DnsLog } from './dns-log';

const name = 'mlflow.tidegate-test.local';

describe('the log of name resolution', () => {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (details: object, text: string): void => {
      lines.push(`${level} ${text} ${JSON.stringify(details)}`);
    };

  beforeEach(() => {
    lines.length = 0;
    Logger.overrideLogger({ log: note('log'), warn: note('warn'), error: note('error') });
  });
  afterAll(() => void Logger.overrideLogger(true));

  it('names the cause when the name server fails and says when it is back, once each', () => {
    const log = new DnsLog();
    const finished = (source: LookupEvent['source'], result: LookupEvent['result']): void =>
      log.lookupFinished({ hostname: name, source, result, durationMs: 1 });
    finished('name-server', 'found');
    finished('name-server', 'DNS_TIMEOUT');
    finished('system', 'found');
    finished('name-server', 'DNS_TIMEOUT');
    finished('name-server', 'found');
    finished('name-server', 'found');
    expect(lines).toEqual([
      `warn the name server gives no address for ${name} {"name":"${name}","code":"DNS_TIMEOUT"}`,
      `log the name server answers for ${name} again {"name":"${name}"}`,
    ]);
  });

  it('warns once of a fall-back address that is out of date, and again after it was right', () => {
    const log = new DnsLog();
    for (const matches of [false, false, true, false]) log.fallbackCompared(name, matches);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('MLFLOW_FALLBACK_IP is not among the addresses');
  });
});
