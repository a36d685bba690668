import { AppError } from '../errors.ts';
import type { Database, Queryable } from './database.ts';

export interface StoredUpload {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly mediaType: string;
  readonly objectKey: string;
  readonly createdAt: string;
}

interface UploadRow {
  id: string;
  tenant: string;
  name: string;
  bytes: number;
  sha256: string;
  media_type: string;
  object_key: string;
  created_at: Date;
}

const columns = 'id, tenant, name, bytes, sha256, media_type, object_key, created_at';

/** Records an object that is already in the store. */
export async function createUpload(db: Queryable, upload: Omit<StoredUpload, 'createdAt'>): Promise<StoredUpload> {
  const { id, tenant, name, bytes, sha256, mediaType, objectKey } = upload;
  const inserted = await db.query<UploadRow>(
    `insert into uploads (id, tenant, name, bytes, sha256, media_type, object_key)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
    [id, tenant, name, bytes, sha256, mediaType, objectKey],
  );
  return toUpload(inserted.rows[0] as UploadRow);
}

export async function readUpload(db: Queryable, tenant: string, id: string): Promise<StoredUpload | undefined> {
  const found = await db.query<UploadRow>(
    `select ${columns} from uploads where tenant = $1 and id = $2 and deleted_at is null`,
    [tenant, id],
  );
  return found.rows[0] && toUpload(found.rows[0]);
}

/** The uploads of these ids that exist, by id. Run in a transaction it holds them: none can be deleted before it ends. */
export async function holdUploads(
  client: Queryable,
  tenant: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredUpload>> {
  if (ids.length === 0) return new Map();
  const found = await client.query<UploadRow>(
    `select ${columns} from uploads where tenant = $1 and id = any($2) and deleted_at is null for share`,
    [tenant, [...new Set(ids)]],
  );
  return new Map(found.rows.map((row) => [row.id, toUpload(row)]));
}

/** Forgets an upload; the caller deletes its object. @throws AppError `conflict` while an unfinished job uses it. */
export async function deleteUpload(db: Database, tenant: string, id: string): Promise<StoredUpload | undefined> {
  return await db.transaction(async (client) => {
    const found = await client.query<UploadRow>(
      `select ${columns} from uploads where tenant = $1 and id = $2 and deleted_at is null for update`,
      [tenant, id],
    );
    const row = found.rows[0];
    if (!row) return undefined;
    // A second statement, so it sees the jobs of every transaction that held the row before us.
    const users = await client.query<{ id: string }>(
      `select id from jobs where tenant = $1 and finished_at is null
         and exists (select 1 from json_each(inputs) input where input.value -> 'source' ->> 'key' = $2) limit 1`,
      [tenant, row.object_key],
    );
    if (users.rows[0]) {
      throw new AppError(
        'conflict',
        `The upload is used by job ${users.rows[0].id}, which is not finished; wait for it or cancel it first.`,
      );
    }
    await client.query('update uploads set deleted_at = now() where id = $1', [id]);
    return toUpload(row);
  });
}

function toUpload(row: UploadRow): StoredUpload {
  const { id, tenant, name, bytes, sha256 } = row;
  return {
    id,
    tenant,
    name,
    bytes,
    sha256,
    mediaType: row.media_type,
    objectKey: row.object_key,
    createdAt: row.created_at.toISOString(),
  };
}
