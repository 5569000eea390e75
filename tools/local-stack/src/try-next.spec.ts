import { pythonFrom, tryNextCommands } from './try-next';

const commands = tryNextCommands({
  apiUrl: 'http://127.0.0.1:8080',
  apiKey: 'tg_local_key',
  python: '.tidegate/venv/bin/python',
}).map(({ command }) => command);

describe('three commands to try next', () => {
  it('predict a whole digit, track with the stock client through the gateway, and read the defect rate', () => {
    const [predict = '', track = '', stats = ''] = commands;
    const body = JSON.parse(/-d '(.*)'$/.exec(predict)?.[1] ?? '') as { instances: number[][] };
    expect(body).toMatchObject({ model: 'digits' });
    expect(body.instances.map((row) => row.length)).toEqual([64]);
    expect(track).toMatch(
      /^MLFLOW_TRACKING_URI=http:\/\/127\.0\.0\.1:8080\/api\/mlflow MLFLOW_TRACKING_TOKEN=tg_local_key /,
    );
    expect(track).toContain(" .tidegate/venv/bin/python - <<'END'\n");
    expect(stats).toContain("'http://127.0.0.1:8080/api/logging/stats?model=digits'");
    expect(commands).toHaveLength(3);
  });

  it('call the interpreter as seen from the workspace, whose path may hold a blank', () => {
    expect(pythonFrom('/my code/tidegate', '/my code/tidegate/.tidegate/venv/bin/python')).toBe(
      '.tidegate/venv/bin/python',
    );
  });
});
