import type { InboundMailConfig } from './config.ts';
import { createInboundServer } from './email/inbound-server.ts';
import type { Context } from './engine/context.ts';
import { takesMailFor } from './engine/match-mail.ts';
import { StartError } from './start-error.ts';
import { takeMail } from './web/take-mail.ts';

/** Opens the door for mail to our senders; null where it is switched off. */
export async function listenForMail(
  ctx: Context,
  { smtp }: InboundMailConfig,
): Promise<{ url: string; close(): Promise<void> } | null> {
  if (!smtp) return null;
  const server = createInboundServer({
    name: new URL(ctx.settings.publicUrl).hostname,
    log: ctx.log,
    verbs: {
      takesMailFor: (recipient) => takesMailFor(ctx, recipient),
      take: (raw, envelope) => takeMail(ctx, raw, envelope, 'smtp'),
    },
  });
  try {
    const port = await server.listen(smtp.port, smtp.host);
    return { url: `smtp://${smtp.host}:${port}`, close: () => server.close() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES'))
      throw new StartError(
        `Port ${smtp.port} can't be opened for inbound mail (${error.code}). Set INBOUND_SMTP_PORT to a free port, or leave it empty.`,
        { cause: error },
      );
    throw error;
  }
}
