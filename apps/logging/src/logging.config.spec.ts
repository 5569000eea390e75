import { loadLoggingConfig } from './logging.config';

const required = { DATABASE_URL: 'postgresql://127.0.0.1:5432/log' };
const durable = { ...required, SPOOL_DIR: '/var/spool/log', SPOOL_IS_DURABLE: 'true' };
const MIB = 1024 * 1024;

describe('the configuration of the prediction log', () => {
  it('refuses a spool that could not hold a request, with both numbers and what to do', () => {
    const sizes = { SPOOL_MAX_BYTES: String(2 * MIB - 1), MAX_BODY_BYTES: String(MIB) };

    expect(() => loadLoggingConfig({ ...durable, ...sizes })).toThrow(
      'SPOOL_MAX_BYTES: expected at least 2097152, twice MAX_BODY_BYTES (1048576), got 2097151: ' +
        'a request would find the spool full; raise SPOOL_MAX_BYTES or lower MAX_BODY_BYTES',
    );
    expect(() => loadLoggingConfig({ ...durable, SPOOL_MAX_BYTES: String(MIB) })).toThrow(
      'expected at least 8388608, twice MAX_BODY_BYTES (4194304), got 1048576',
    );
  });

  it('takes one that can, and any size where nothing is acknowledged from the spool', () => {
    const sizes = { SPOOL_MAX_BYTES: String(2 * MIB), MAX_BODY_BYTES: String(MIB) };
    expect(loadLoggingConfig({ ...durable, ...sizes })).toMatchObject({ spoolMaxBytes: 2 * MIB });

    const small = { SPOOL_MAX_BYTES: String(MIB) };
    expect(loadLoggingConfig({ ...required, ...small }).spoolDir).toBeUndefined();
    const isDurable = { ...durable, ...small, SPOOL_IS_DURABLE: 'false' };
    expect(loadLoggingConfig(isDurable).spoolIsDurable).toBe(false);
  });
});
