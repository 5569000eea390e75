import { OVERLAYS, render } from './rendered';
import { schemaProblems } from './schema-problems';

it.each(OVERLAYS)('every object of %s fits the schema of its kind', async (overlay) => {
  const objects = await render(overlay);
  expect(objects.length).toBeGreaterThan(15);
  const problems = await Promise.all(
    objects.map(async (object) => ({
      object: `${object.kind} ${object.metadata.name}`,
      problems: await schemaProblems(object),
    })),
  );
  expect(problems.filter((found) => found.problems.length > 0)).toEqual([]);
});
