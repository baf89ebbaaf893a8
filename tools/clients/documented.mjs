// Prints the TypeScript of docs/api.md as one program; what the document leaves to the reader comes from the environment.
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
if (blocks.length < 8) throw new Error("docs/api.md has too few blocks of TypeScript");

process.stdout.write(`// Written by tools/clients/documented.mjs from docs/api.md.
const { API: baseUrl = '', TOKEN = '', OPENAI_KEY: key = '', SITE: website = '' } = process.env;
const getToken = () => TOKEN;
const show = (...values: unknown[]) => console.log('show', ...values);

${blocks.join("\n").replace("'@alwrity/onboarding-client'", "'./src/index.js'")}
console.log('documented');
`);
