/** How far the clock of a sender may be off, in seconds. */
const tolerance = 5 * 60;

/** A request that is no webhook of this sender, or an old one. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}

/**
 * Returns the body of a webhook that is signed by the rules of Standard Webhooks, or throws WebhookRefused. The payload
 * is the body as it was received, the secret begins with whsec_. Headers may be those of a request of Node, whose names
 * are in lower case.
 */
export async function verifyWebhook(
  payload: string, headers: Headers | Record<string, string | string[] | undefined>, secret: string, now: Date = new Date(),
): Promise<unknown> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    return typeof value === 'string' ? value : undefined;
  });
  if (!id || !timestamp || !signatures || !/^\d+$/.test(timestamp)) {
    throw new WebhookRefused('A header of the webhook is missing.');
  }
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > tolerance) {
    throw new WebhookRefused('The webhook is too old, or its time is in the future.');
  }
  const key = await crypto.subtle.importKey(
    'raw', bytesOf(secret.replace(/^whsec_/, '')), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${payload}`);
  for (const signature of signatures.split(' ')) {
    const [version, value] = signature.split(',', 2);
    if (version === 'v1' && value && await crypto.subtle.verify('HMAC', key, bytesOf(value), signed).catch(() => false)) {
      return JSON.parse(payload);
    }
  }
  throw new WebhookRefused('No signature of the webhook is of this secret.');
}

/** Decodes base64; nothing of what is none. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
