import type { StoredOutput } from '../messages/stored-output.ts';
import type { Queryable } from './database.ts';

/** One output by its name (which may hold slashes). A step that still runs has those of the renditions that are ready. */
export async function findOutput(
  db: Queryable,
  tenant: string,
  jobId: string,
  step: string,
  name: string,
): Promise<StoredOutput | undefined> {
  const outputs = await db.query<{ output: StoredOutput }>(
    `select output.value as output from steps, json_array_elements(outputs) as output
     where job_id = $1 and tenant = $2 and name = $3 and parent is null and output.value ->> 'name' = $4 limit 1`,
    [jobId, tenant, step, name],
  );
  return outputs.rows[0]?.output;
}
