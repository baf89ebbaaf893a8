import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyWebhook, WebhookRefused } from './src/index.js';

// The vector of the specification's libraries.
const secret = 'whsec_plJ3nmyCDGBKInavdOK15jsl';
const payload = '{"event_type":"ping","data":{"success":true}}';
const now = new Date(1731705121 * 1000);
const good = 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=';
const headers = { 'webhook-id': 'msg_loFOjxBNrRLzqYUf', 'webhook-timestamp': '1731705121', 'webhook-signature': good };
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('a signed webhook is accepted', async () => {
  assert.deepEqual(await verifyWebhook(payload, headers, secret, now), { event_type: 'ping', data: { success: true } });
  const several = { ...headers, 'webhook-signature': `v1,${btoa('x'.repeat(32))} v2,other ${good}` };
  await verifyWebhook(payload, several, secret, later(299));
});

test('anything else is refused', async () => {
  const refused = (...args: Parameters<typeof verifyWebhook>) => assert.rejects(verifyWebhook(...args), WebhookRefused);
  await refused(payload.replace('true', 'false'), headers, secret, now);
  await refused(payload, headers, `whsec_${btoa('another secret')}`, now);
  await refused(payload, headers, secret, later(301));
  await refused(payload, headers, secret, later(-301));
  await refused(payload, { ...headers, 'webhook-signature': 'v1,?' }, secret, now);
  await refused(payload, { ...headers, 'webhook-id': '' }, secret, now);
});
