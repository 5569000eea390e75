import { DnsError } from './dns-error';
import { parseTrackingTarget, serviceName, type TrackingTargetInput } from './tracking-target';

const input: TrackingTargetInput = { project: 'tidegate', environment: 'dev' };

function problemOf(trackingUri: string): string {
  try {
    parseTrackingTarget({ ...input, trackingUri });
  } catch (error) {
    if (error instanceof DnsError && error.code === 'DNS_TARGET_INVALID') return error.message;
  }
  throw new Error(`${trackingUri} was not refused`);
}

describe('where MLflow is', () => {
  it('is found by its service name on port 5000 when nothing is set', () => {
    expect(parseTrackingTarget({ ...input, trackingUri: '', serverUrl: ' ' })).toMatchObject({
      displayUrl: 'http://mlflow.tidegate-dev.local:5000',
      hostname: 'mlflow.tidegate-dev.local',
      port: 5000,
      source: 'discovery',
    });
  });

  it('MLFLOW_TRACKING_URI wins over MLFLOW_SERVER_URL', () => {
    const serverUrl = 'http://10.0.0.7:5001';
    expect(parseTrackingTarget({ ...input, serverUrl })).toMatchObject({
      port: 5001,
      source: 'MLFLOW_SERVER_URL',
    });
    expect(parseTrackingTarget({ ...input, serverUrl, trackingUri: 'http://[::1]:5002' })).toMatchObject({
      hostname: '::1',
      port: 5002,
      source: 'MLFLOW_TRACKING_URI',
    });
  });

  it('may be https and carry a path prefix', () => {
    const target = parseTrackingTarget({ ...input, trackingUri: 'https://mlflow.example.com/team/mlflow/' });
    expect(target).toMatchObject({ displayUrl: 'https://mlflow.example.com/team/mlflow', port: 443 });
    expect(target.baseUrl.pathname).toBe('/team/mlflow');
  });

  it('credentials are refused with a hint, and never repeated', () => {
    const message = problemOf('http://admin:s3cr3t@mlflow.local:5000');
    expect(message).toContain('MLFLOW_USERNAME and MLFLOW_PASSWORD');
    expect(message).not.toMatch(/admin|s3cr3t/);
  });

  it('every problem is named at once', () => {
    expect(problemOf('ftp://u@h/?a=1#b')).toMatch(/scheme "ftp:".*credentials.*query.*fragment/);
    expect(problemOf('mlflow:s3cr3t@:5000 ')).not.toContain('s3cr3t');
    expect(problemOf('not a url')).toContain('MLFLOW_TRACKING_URI is not a URL');
  });

  it.each([
    ['', 'dev'],
    ['tide_gate', 'dev'],
    ['tidegate', 'dev.evil'],
    ['x'.repeat(60), 'staging'],
  ])('no service name is made of project "%s" and environment "%s"', (project, environment) => {
    expect(() => serviceName('mlflow', project, environment)).toThrow('cannot be part of a service name');
  });
});
