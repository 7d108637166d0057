import { createPrivateKey, type KeyObject } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';

/** `privateKey`: PEM of an RSA key. The public half stands in DNS at `<keySelector>._domainkey.<domainName>`. */
export type DkimSettings = { domainName: string; keySelector: string; privateKey: string };

export type Signer = (mime: Buffer) => Promise<Buffer>;

/** RFC 8058 wants both list headers under the signature; the library's own list leaves one out. */
const SIGNED_HEADERS =
  'From:To:Reply-To:Subject:Date:Message-ID:MIME-Version:Content-Type:List-Id:List-Unsubscribe:List-Unsubscribe-Post';

/** Throws at once for a key that cannot sign: the library would send the mail unsigned without a word. */
export function createSigner(settings: DkimSettings): Signer {
  const privateKey = readKey(settings.privateKey);
  for (const [name, value] of [
    ['domain', settings.domainName],
    ['selector', settings.keySelector],
  ] as const)
    if (!/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(value)) throw new Error(`the DKIM ${name} is not a host name`);
  const dkim = new DKIM({
    domainName: settings.domainName,
    keySelector: settings.keySelector,
    privateKey,
    headerFieldNames: SIGNED_HEADERS,
  });
  return async (mime) => {
    const signed = await buffer(dkim.sign(mime));
    if (!signed.subarray(0, 15).equals(Buffer.from('DKIM-Signature:'))) throw new Error('the mail could not be signed');
    return signed;
  };
}

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new Error('the DKIM private key is not a PEM private key', { cause });
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw new Error(`the DKIM private key is ${key.asymmetricKeyType}; only RSA keys can sign here`);
  return key;
}
