import { Writable } from 'node:stream';
import { ALLOWED_MODELS_HEADER } from '@tidegate/schemas';
import { answerOf, newEvent, post, readJson } from './logging-app';
import { useLogging } from './use-logging';

describe('DELETE /predictions?subject=', () => {
  const lines: string[] = [];
  const lineKeeper = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = useLogging({ LOG_LEVEL: 'debug', DRIFT_BASELINE_EVENTS: '5000' }, lineKeeper);

  const remove = async (query: string, headers: Record<string, string> = {}): Promise<unknown> => {
    const answer = await fetch(`${log.url}/predictions?${query}`, { method: 'DELETE', headers });
    return [answer.status, await answer.json()];
  };
  const rowsOf = async (table: string): Promise<number> => {
    const { rows } = await log.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return rows[0]?.count ?? NaN;
  };

  it('deletes the predictions and feedback of one person, on every day, and leaves what is counted', async () => {
    const subject = 'Jürgen Müller <j@example.org>';
    const dayMs = 86_400_000;
    const events = Array.from({ length: 2500 }, (_, index) =>
      newEvent({
        timestamp: new Date(Date.now() - (index % 4) * dayMs).toISOString(),
        subject: index % 5 === 0 ? 'somebody else' : subject,
        model: 'personal',
      }),
    );
    expect(answerOf(await post(log.url, events)).stored).toBe(2500);
    const feedback = events
      .slice(0, 100)
      .map(({ id, timestamp }) => ({ id, timestamp, actual: '3' }))
      .concat({ id: 'never comes', timestamp: new Date().toISOString(), actual: '3' });
    await fetch(`${log.url}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(feedback),
    });
    expect(await rowsOf('feedback')).toBe(100);
    const from = new Date(Date.now() - 5 * dayMs).toISOString();
    const before = await readJson(`${log.url}/stats?model=personal&from=${from}`);

    expect(await remove(`subject=${encodeURIComponent(subject)}`)).toEqual([200, { deleted: 2000 }]);
    expect(await rowsOf('predictions')).toBe(500);
    expect(await rowsOf('feedback')).toBe(20);
    expect(await rowsOf('baseline_events')).toBe(500);
    expect(await readJson(`${log.url}/stats?model=personal&from=${from}`)).toMatchObject({
      totals: before['totals'] as object,
    });
    expect(await remove(`subject=${encodeURIComponent(subject)}`)).toEqual([200, { deleted: 0 }]);

    const audit = lines.filter((line) => line.includes('"audit":true'));
    expect(audit).toHaveLength(2);
    expect(JSON.parse(audit[0] ?? '')).toMatchObject({
      action: 'DELETE predictions',
      subjectHash: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      deleted: 2000,
    });
    expect(lines.join('')).not.toMatch(/J(ü|%C3%BC)rgen/);
  });

  it('gives the subject back with the prediction', async () => {
    await post(log.url, newEvent({ id: 'with-subject', subject: 's-1' }));
    expect(await readJson(`${log.url}/predictions/with-subject`)).toMatchObject({ subject: 's-1' });
  });

  it('deletes of a limited caller only their models', async () => {
    await post(log.url, [
      newEvent({ subject: 'both', model: 'mine' }),
      newEvent({ subject: 'both', model: 'others' }),
    ]);
    const headers = { [ALLOWED_MODELS_HEADER]: 'mine' };
    expect(await remove('subject=both', headers)).toEqual([200, { deleted: 1 }]);
    const { predictions } = (await readJson(`${log.url}/predictions?model=others`)) as {
      predictions: unknown[];
    };
    expect(predictions).toHaveLength(1);
  });

  it('finds the rows of a subject by an index', async () => {
    const client = await log.database.connect();
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id, day FROM predictions WHERE subject = 'x' ORDER BY day, id LIMIT 1000`,
    );
    client.release();
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/_subject_day_id_idx/);
  });

  it.each(['', 'subject=', `subject=${'x'.repeat(129)}`, 'subject=%00', 'subject=a&model=b'])(
    'refuses "%s"',
    async (query) => {
      expect(await remove(query)).toMatchObject([400, { code: 'REQUEST_INVALID' }]);
    },
  );
});
