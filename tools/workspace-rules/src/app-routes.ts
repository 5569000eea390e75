import path from 'node:path';
import { workspaceRoot } from './lint-texts';

export type App = 'api' | 'inference' | 'logging';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Below this, paths of MLflow's tracking API may leave out its own prefix. */
const GATEWAY = '/api/mlflow/';
const TRACKING = 'api/2.0/mlflow/';

/** Whether an app answers `GET /ready`, say. */
export async function hasRoute(app: App, method: string, asked: string): Promise<boolean> {
  const segments = asked.split('/');
  return (await routesOf(app)).some((route) => {
    const expected = route.path.split('/');
    return (
      route.method === method &&
      expected.length === segments.length &&
      expected.every((segment, at) => segment.startsWith('{') || segment === segments[at])
    );
  });
}

async function routesOf(app: App): Promise<Route[]> {
  if (app !== 'api') return routesIn(app, `${app}-routes.ts`, `${app.toUpperCase()}_ROUTES`);
  const own = await routesIn(app, 'own-routes.ts', 'OWN_ROUTES');
  const forwarded = await routesIn(app, 'forwarded-routes.ts', 'FORWARDED_ROUTES');
  const short = forwarded
    .filter((route) => route.path.startsWith(GATEWAY + TRACKING))
    .map((route) => ({ ...route, path: route.path.replace(TRACKING, '') }));
  return [...own, ...forwarded, ...short];
}

/** The tables of an app are loaded as data, by their paths: nothing depends on apps. */
async function routesIn(app: App, file: string, name: string): Promise<Route[]> {
  const source = path.join(workspaceRoot, 'apps', app, 'src/docs', file);
  const routes = ((await import(source)) as Record<string, Route[] | undefined>)[name];
  if (routes === undefined) throw new Error(`${source} exports no ${name}, the routes of the app.`);
  return routes;
}
