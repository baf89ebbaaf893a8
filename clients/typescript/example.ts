/**
 * Takes a user through the six steps: `API=… TOKEN=… SITE=… OPENAI_KEY=… npm run example`.
 *
 * With WEBHOOK_PORT, WEBHOOK_SECRET and USER_ID it also waits for the webhook that says that the user has finished.
 */
import { createServer } from 'node:http';
import { createClient, ProblemError, take, verifyWebhook, WebhookRefused, type components } from './src/index.js';

type StepEvent = components['schemas']['StepEventBody'];
type Webhook = { type: string; data: { user_id: string } };

const { API = '', TOKEN = '', SITE = '', OPENAI_KEY = '', WEBHOOK_PORT, WEBHOOK_SECRET = '', USER_ID } = process.env;
const client = createClient({ baseUrl: API, token: TOKEN });
const stop = new AbortController();
const progress = client.events({ signal: stop.signal });
const versions: number[] = [];

/** Returns when the step has ended, as the events say. */
async function finished(step: number): Promise<void> {
  for (;;) {
    const { value: event, done } = await progress.next();
    if (done) {
      throw new Error('the stream has ended');
    }
    if (event.event !== 'step') {
      continue;
    }
    versions.push(Number(event.id));
    const state: StepEvent = event.data;
    if (state.step === step && state.status === 'failed') {
      throw new Error(`step ${step} failed: ${state.error?.detail}`);
    }
    if (state.step === step && state.status === 'completed') {
      console.log(`step ${step} completed`);
      return;
    }
  }
}

async function complete(step: number, data: Record<string, unknown>): Promise<void> {
  await take(client.POST('/api/onboarding/step/{n}/complete', { params: { path: { n: step } }, body: { data } }));
}

/** Receives webhooks and returns when the user has finished. */
function receive(): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      let payload = '';
      for await (const chunk of request.setEncoding('utf8')) {
        payload += chunk;
      }
      try {
        const event = await verifyWebhook(payload, request.headers, WEBHOOK_SECRET) as Webhook;
        response.writeHead(204).end();
        if (event.type === 'onboarding.completed' && event.data.user_id === USER_ID) {
          console.log('webhook', event.type);
          server.close();
          resolve();
        }
      } catch (error) {
        response.writeHead(error instanceof WebhookRefused ? 401 : 500).end();
      }
    }).listen(Number(WEBHOOK_PORT), '127.0.0.1');
  });
}

const told = WEBHOOK_PORT === undefined ? undefined : receive();
await progress.next(); // the session: whatever changes from now on is an event
await take(client.POST('/api/onboarding/start'));
await complete(1, { api_keys: { openai: OPENAI_KEY } });
await finished(1);
await complete(2, { website: 'ftp://example.com' }).catch((error) => {
  if (!(error instanceof ProblemError)) {
    throw error;
  }
  console.log('problem', error.code);
});
await complete(2, { website: SITE });
await finished(2);
await complete(3, { research_depth: 'Deep', content_types: ['Blog Posts'] });
await finished(3);
await complete(4, { selected_platforms: ['linkedin', 'blog'] });
await finished(4);
await complete(5, { integrations: { primaryWebsite: 'wordpress' } });
await finished(5);
await take(client.POST('/api/onboarding/complete'));
await finished(6);
for (;;) {
  const inputs = await take(client.GET('/api/onboarding/personalization-inputs'));
  if (!inputs.is_default) {
    console.log('inputs revision', inputs.revision);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
if (versions.some((version, i) => version !== versions[0]! + i)) {
  throw new Error(`events are missing or twice: ${versions}`);
}
console.log(`events ${versions.length} without a gap`);
stop.abort();
await told;
