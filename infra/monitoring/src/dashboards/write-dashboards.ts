import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardFiles, dashboardsFolder } from './dashboard-files';

for (const { name, content } of dashboardFiles()) writeFileSync(path.join(dashboardsFolder, name), content);
