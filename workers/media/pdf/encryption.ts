import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { pdfPassword } from './params.ts';
import type { QpdfJob } from './run-qpdf.ts';

export const encryptionParam = z
  .strictObject({
    userPassword: pdfPassword.optional().describe('Needed to open it; left out, everybody may'),
    ownerPassword: pdfPassword
      .optional()
      .describe('Needed to change what is allowed; default: one nobody knows, made at random'),
    allow: z
      .strictObject({
        print: z.enum(['full', 'low', 'none']).optional(),
        modify: z.enum(['all', 'annotate', 'form', 'assembly', 'none']).optional(),
        extract: z.boolean().optional(),
      })
      .optional()
      .describe('What a reader that plays by the rules lets people do; default everything'),
  })
  .refine(
    ({ userPassword, ownerPassword, allow }) =>
      [userPassword, ownerPassword, allow].some((given) => given !== undefined),
    'expected a userPassword, an ownerPassword or what to allow',
  );
export type Encryption = z.infer<typeof encryptionParam>;

interface EncryptionJob {
  readonly job: QpdfJob;
  /** Opens the result. */
  readonly password: string;
}

/** For qpdf: AES with 256 bits, revision 6 (ISO 32000-2), which is the only one that is not deprecated. */
export function encryptionJob({ userPassword = '', ownerPassword, allow = {} }: Encryption): EncryptionJob {
  const permissions = {
    ...(allow.print === undefined ? {} : { print: allow.print }),
    ...(allow.modify === undefined ? {} : { modify: allow.modify }),
    ...(allow.extract === undefined ? {} : { extract: allow.extract ? 'y' : 'n' }),
  };
  const owner = ownerPassword ?? randomBytes(24).toString('base64url');
  return { job: { encrypt: { userPassword, ownerPassword: owner, '256bit': permissions } }, password: owner };
}
