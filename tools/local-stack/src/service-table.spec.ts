import { formatTable } from './service-table';

describe('table of services', () => {
  it('lines up its columns and shows no credentials', () => {
    const table = formatTable([
      { service: 'api', url: 'http://127.0.0.1:8080', health: 'healthy' },
      {
        service: 'PostgreSQL',
        url: 'postgresql://postgres:s3cret@127.0.0.1:5433/postgres',
        health: 'accepts connections',
      },
    ]);
    expect(table.split('\n')).toEqual([
      '  SERVICE     URL                          HEALTH',
      '  api         http://127.0.0.1:8080        healthy',
      '  PostgreSQL  postgresql://127.0.0.1:5433  accepts connections',
    ]);
  });
});
