// Reads simulations from stdin; writes for each whether the request is allowed.
// An error means that the simulation is no request AWS knows: an action, resource or context key
// that does not exist, or that does not belong together.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The packages lie in the working directory, this file lies with the tests.
const { runSimulation } = createRequire(`${process.cwd()}/`)('@cloud-copilot/iam-simulate');
// Version 0.1.173 knows this key by its pattern alone and would drop one with a real last part from
// the request. So it gets the pattern, in policies and requests alike; no policy uses another one.
const KEY = 'kms:EncryptionContext:aws:s3:arn';
const PATTERN = 'kms:EncryptionContext:${EncryptionContextKey}';
const { documents, requests } = JSON.parse(readFileSync(0, 'utf8').replaceAll(KEY, PATTERN));

async function answer({ principal, policies, resourcePolicy, action, resource, context }) {
  const found = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: principal.split(':')[4] },
        contextVariables: context,
      },
      identityPolicies: policies.map((name) => ({ name, policy: documents[name] })),
      resourcePolicy: resourcePolicy ? documents[resourcePolicy] : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: 'Strict' },
  );
  if (found.resultType === 'error') return { error: JSON.stringify(found.errors) };
  const parts = found.resultType === 'single' ? [found.result] : found.results;
  const ignored = parts.flatMap((part) => part.ignoredContextKeys ?? []);
  if (ignored.length) return { error: `${action} has no ${ignored}` };
  return { result: found.overallResult };
}

const answers = [];
for (const request of requests) answers.push(await answer(request));
process.stdout.write(JSON.stringify(answers));
