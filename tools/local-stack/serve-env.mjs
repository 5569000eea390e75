import { existsSync } from 'node:fs';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';

// `nx serve <app>` preloads this file: the app gets the settings that the running stack wrote for it.
const entry = process.argv[1];
if (isMainThread && entry !== undefined) {
  const app = path.basename(path.dirname(path.resolve(entry)));
  // Nx runs it in the workspace's root folder.
  const envFile = path.resolve('.tidegate', 'env', `${app}.env`);
  // Variables that are already set win over the file.
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  else
    console.error(`No settings for ${app} found (${envFile}): "npm start -- --except ${app}" writes them.`);
}
