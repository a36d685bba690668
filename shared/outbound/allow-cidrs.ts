import { z } from 'zod';
import { cidrFaults } from './create-address-guard.ts';

/** FARM_OUTBOUND_ALLOW_CIDRS: private ranges, separated by commas, that webhooks and URL imports may reach beside public ones. */
export const allowCidrs = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .superRefine((cidrs, context) => {
    for (const fault of cidrFaults(cidrs)) context.addIssue({ code: 'custom', message: fault });
  });
