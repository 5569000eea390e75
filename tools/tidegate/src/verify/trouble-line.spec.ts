import { troubleLineOf } from './trouble-line';

describe('the level of a line', () => {
  it.each([
    ['{"level":"error","msg":"no connection"}', { level: 'error', text: 'no connection' }],
    ['{"level":"fatal","err":{"message":"not a function"}}', { level: 'fatal', text: 'not a function' }],
    ['{"level":"fatal","pid":1}', { level: 'fatal', text: '{"level":"fatal","pid":1}' }],
    [
      '2026/11/25 11:59:01 ERROR mlflow.server: it fails',
      { level: 'error', text: 'mlflow.server: it fails' },
    ],
    ['ERROR:    Exception in ASGI application', { level: 'error', text: 'Exception in ASGI application' }],
    ['[2026-11-25 11:59:01 +0000] [7] [CRITICAL] WORKER TIMEOUT', { level: 'fatal', text: 'WORKER TIMEOUT' }],
  ])('%s', (line, expected) => expect(troubleLineOf(line)).toEqual(expected));

  it.each([
    '{"level":"info","msg":"\\"level\\":\\"fatal\\" is what the other one said"}',
    '{"level":"warn","msg":"ERROR"}',
    '{"msg":"no level"}',
    '{"level":"error","msg":"cut of',
    'INFO:     FATAL: is what the other one said',
    'ERRORS: 0',
    '',
  ])('%s is no trouble by itself', (line) => expect(troubleLineOf(line)).toBeUndefined());
});
