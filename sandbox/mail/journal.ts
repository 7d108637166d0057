import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoredMail } from './stored-mail.ts';

export type MailJournal = {
  /** Resolves when the mail is on the disk: only then may the server say 250. */
  append(mail: StoredMail): Promise<void>;
  close(): Promise<void>;
};

/** Opens a journal of one JSON line a mail, and reads what an earlier process wrote into it. */
export async function openMailJournal(path: string): Promise<{ journal: MailJournal; earlier: StoredMail[] }> {
  await mkdir(dirname(path), { recursive: true });
  const earlier = readLines(await readFile(path, 'utf8').catch(() => ''));
  const file = await open(path, 'a');
  return { journal: writer(file), earlier };
}

function writer(file: FileHandle): MailJournal {
  // Appends wait for one another, so that lines never mix and a line is whole when its own sync returns.
  let last: Promise<unknown> = Promise.resolve();
  const append = async (mail: StoredMail): Promise<void> => {
    await file.appendFile(`${JSON.stringify(mail)}\n`);
    await file.sync();
  };
  return {
    append: (mail) => {
      const done = last.then(() => append(mail));
      last = done.catch(() => undefined);
      return done;
    },
    close: async () => {
      await last;
      await file.close();
    },
  };
}

/** A process killed while it wrote leaves half a line at the end; no 250 was answered for it, so it is no mail. */
function readLines(text: string): StoredMail[] {
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line): StoredMail[] => {
      try {
        const mail: StoredMail = JSON.parse(line);
        return [mail];
      } catch {
        return [];
      }
    });
}
