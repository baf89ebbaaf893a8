/** Analyses a website and follows the work: `npm run example -- <API> <token> <website>`. */
import { createClient, take } from './src/index.js';

const [baseUrl = '', token = '', website = ''] = process.argv.slice(2);
const client = createClient({ baseUrl, token });
const submitted = await take(client.POST('/api/onboarding/step/{n}/complete', {
  params: { path: { n: 2 } },
  body: { data: { website } },
}));
console.log(submitted.message);

for await (const event of client.events()) {
  if (event.event !== 'step' || event.data.step !== 2) {
    continue;
  }
  console.log(`${event.data.status} ${event.data.progress} % ${event.data.message}`);
  if (event.data.status === 'completed' || event.data.status === 'failed') {
    break;
  }
}
const analysis = await take(client.GET('/api/onboarding/website-analysis'));
console.log(analysis.website_url);
