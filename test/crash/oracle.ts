import postgres from 'postgres';
import type { World } from '../../sandbox/world.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { openDatabase } from '../../src/db/client.ts';

/** A click that Slack saw answered with 200. */
export type Acked = { ts: string; user: string };

export type Report = { counts: Record<string, number>; violations: string[] };

/** Judges what is left by the mail server's log, Slack's messages and the tables. */
export async function judge({
  databaseUrl,
  world,
  acked,
  mails,
  clicks,
  kills,
}: {
  databaseUrl: string;
  world: World;
  acked: Acked[];
  mails: number;
  clicks: number;
  kills: number;
}): Promise<Report> {
  const violations: string[] = [];
  const db = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const rows = await db<
    Array<{
      id: string;
      status: string;
      header: string;
      hash: string;
      decided: string;
      approved_hash: string;
      settled_by: string;
      to: string;
      text: string;
      email: string;
      sending_at: Date;
      settled_at: Date;
    }>
  >`
    select m.id, m.status, m.message_id_header as header, m.content_hash as hash, d.status as decided, d.proposal_hash as approved_hash, d.settled_by, m.mail->>'to' as "to",
      m.mail->>'text' as text, l.email, m.sending_at, d.settled_at
    from messages m join decisions d on d.id = m.decision_id join leads l on l.id = m.lead_id`;
  const byHeader = new Map(rows.map((row) => [row.header, row]));
  const delivered = new Map<string, number>();
  for (const mail of world.mail.messages()) {
    const id = mail.messageId ?? '';
    delivered.set(id, (delivered.get(id) ?? 0) + 1);
    const row = byHeader.get(id);
    if (!row) violations.push(`I2: a mail ${id} that no row knows`);
    else {
      if (row.decided !== 'approved' && row.decided !== 'edited')
        violations.push(`I2: ${id} left though its decision is ${row.decided}`);
      if (row.hash !== row.approved_hash) violations.push(`I2: ${id} is not what was approved`);
      if ((mail.text ?? '').replaceAll('\r\n', '\n').trimEnd() !== row.text.trimEnd())
        violations.push(`I2: the text of ${id} is not the row's`);
      if (mail.envelopeTo.length !== 1 || mail.envelopeTo[0] !== row.email)
        violations.push(`I4: ${id} went to ${mail.envelopeTo.join(', ')}`);
      if (row.sending_at < row.settled_at) violations.push(`I2: ${id} began before its approval`);
    }
  }
  for (const [id, count] of delivered) if (count > 1) violations.push(`I1: ${id} was delivered ${count} times`);
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  for (const row of rows) {
    if (row.status === 'approved' || row.status === 'sending')
      violations.push(`lost: message ${row.id} is still ${row.status}`);
    if (row.status === 'sent' && delivered.get(row.header) !== 1)
      violations.push(`lost: message ${row.id} is sent, but the server has ${delivered.get(row.header) ?? 0}`);
    if (row.status === 'failed' || row.status === 'cancelled')
      violations.push(`lost: message ${row.id} is ${row.status}`);
  }
  if (count('uncertain') > kills * 3)
    violations.push(`${count('uncertain')} uncertain mails after ${kills} kills with 3 senders`);
  violations.push(...(await clicksHeld(db, world, acked)));
  violations.push(...uncertainShown(rows, world));
  const [pending] = await db<
    Array<{ count: number }>
  >`select count(*)::int as count from decisions where status = 'pending'`;
  const [approved] = await db<
    Array<{ count: number }>
  >`select count(*)::int as count from decisions where status = 'approved'`;
  if ((approved?.count ?? 0) !== rows.length)
    violations.push(`lost: ${approved?.count} approvals, ${rows.length} messages`);
  if ((pending?.count ?? 0) + (approved?.count ?? 0) !== mails + clicks)
    violations.push(`lost: ${pending?.count} pending and ${approved?.count} approved decisions of ${mails + clicks}`);
  const [workspace] = await db<Array<{ id: string }>>`select id from workspaces`;
  await db.end();
  const database = await openDatabase({ engine: 'postgres', url: databaseUrl });
  const chain = await verifyChain(database.db, workspace?.id ?? '');
  await database.close();
  if (chain.problem) violations.push(`I7: audit row ${chain.problem.seq}: ${chain.problem.problem}`);
  const counts = {
    sent: count('sent'),
    uncertain: count('uncertain'),
    delivered: world.mail.messages().length,
    ackedClicks: acked.length,
    approvals: approved?.count ?? 0,
    stillPending: pending?.count ?? 0,
    auditRows: chain.rows,
    violations: violations.length,
  };
  return { counts, violations };
}

/** I5: a click that was answered is a decision by that person, and the card says so. */
async function clicksHeld(db: postgres.Sql, world: World, acked: Acked[]): Promise<string[]> {
  const violations: string[] = [];
  const decided = await db<Array<{ ts: string; status: string; settled_by: string }>>`
    select p.ts, d.status, d.settled_by from slack_posts p join decisions d on d.id::text = p.subject_id where p.purpose = 'card' and p.ts is not null`;
  const byTs = new Map(decided.map((row) => [row.ts, row]));
  const shown = new Map(
    world.slack.workspace.messages('#nurture-emails').map((message) => [message.ts, JSON.stringify(message.blocks)]),
  );
  for (const { ts, user } of acked) {
    const row = byTs.get(ts);
    if (row?.status !== 'approved' || row.settled_by !== user)
      violations.push(
        `I5: ${user}'s acked click on ${ts} is lost (${row?.status ?? 'no decision'} by ${row?.settled_by ?? 'nobody'})`,
      );
    if (shown.get(ts)?.includes('decision.approve')) violations.push(`I5: the card ${ts} still has its buttons`);
  }
  return violations;
}

/** Nobody can know about these, so people have to be asked. */
function uncertainShown(rows: ReadonlyArray<{ id: string; status: string }>, world: World): string[] {
  const channel = JSON.stringify(world.slack.workspace.messages('#nurture-emails'));
  return rows
    .filter(({ id, status }) => status === 'uncertain' && !channel.includes(id))
    .map(({ id }) => `message ${id} is uncertain and nobody was asked`);
}
