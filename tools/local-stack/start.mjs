import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('main.ts');
