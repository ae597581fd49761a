// An OpenID provider on loopback, with people, applications and times as a file says.
//
// node provider.mjs SETTINGS    (JSON: seconds, people, clients, and certificate, which is a file with its key, or null)
//
// The first line it prints is its issuer, and each further line is a JSON object with what happened, tokens included.
// Refresh tokens are given to whoever asks for offline_access with consent (OpenID Connect Core section 11). They are
// rotated; when one is used again, all tokens of that sign-in are revoked.
// POST /account/forget with address=… revokes all tokens of a person, as they can on the page of their account.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Provider } from 'oidc-provider';

const { seconds, people, clients, certificate } = JSON.parse(readFileSync(process.argv[2], 'utf-8'));
const HOST = '127.0.0.1';
const DAY = 24 * 60 * 60;

const tell = (event, more = {}) => process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
const safe = (text) => String(text ?? '').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (title, body) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${safe(title)}</title></head>
<body><main><h1>${safe(title)}</h1>${body}</main></body></html>`;

async function form(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString('utf-8'));
}

function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'one' };
}

const ASKED = { login: 'Sign in', consent: 'Allow this application?' };

/** The page of an interaction: who is it, or may this application do what it asks for. */
function interaction(prompt, uid, params, wrong) {
  const fields = prompt.name === 'login'
    ? `<p><label>Address <input name="address" type="email" autocomplete="username" value="${safe(params.login_hint)}"></label></p>
       <p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>`
    : `<p>${safe(params.client_id)} asks for: ${safe(params.scope)}</p>`;
  return page(ASKED[prompt.name], `${wrong ? '<p role="alert">Wrong address or password.</p>' : ''}
    <form method="post" action="/sign-in/${safe(uid)}">${fields}
      <button type="submit" name="choice" value="yes">Continue</button>
      <button type="submit" name="choice" value="no">Refuse</button></form>`);
}

const pem = certificate && readFileSync(certificate);
const server = pem ? createSecureServer({ cert: pem, key: pem }) : createServer();
server.listen(0, HOST, () => {
  const { port } = server.address();
  const issuer = pem ? `https://localhost:${port}` : `http://${HOST}:${port}`;
  const provider = new Provider(issuer, {
    clients,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [key()] },
    scopes: ['openid', 'offline_access', 'mail'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username', 'name'] },
    async findAccount(ctx, address) {
      const claims = { sub: address, email: address, email_verified: true, preferred_username: address, name: address };
      return address in people ? { accountId: address, claims: async () => claims } : undefined;
    },
    // The address stands in the ID token itself, as with Google and Microsoft.
    conformIdTokenClaims: false,
    // Which mailbox of others the person may open is told to the mail server when it asks about the token.
    extraTokenClaims: async (ctx, token) => ({ shared: people[token.accountId]?.shared }),
    ttl: {
      AccessToken: seconds,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: DAY,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: DAY,
      Session: DAY,
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    interactions: { url: (ctx, { uid }) => `/sign-in/${uid}` },
    renderError(ctx, out) {
      ctx.type = 'html';
      ctx.body = page('This did not work', `<p role="alert">${safe(out.error)}: ${safe(out.error_description)}</p>`);
    },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: async (ctx, client) => client.clientAuthMethod !== 'none' },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      deviceFlow: {
        enabled: true,
        async userCodeInputSource(ctx, source, out, error) {
          const wrong = error ? '<p role="alert">This code is not known.</p>' : '';
          ctx.body = page('Enter the code', `${wrong}${source}
            <button type="submit" form="op.deviceInputForm">Continue</button>`);
        },
        async userCodeConfirmSource(ctx, source, client, device, code) {
          ctx.body = page('Is this the code?', `<p>${safe(code)}</p>${source}
            <button type="submit" form="op.deviceConfirmForm">Continue</button>
            <button type="submit" form="op.deviceConfirmForm" name="abort" value="yes">Refuse</button>`);
        },
        async successSource(ctx) {
          ctx.body = page('You are signed in', '<p>You can close this page.</p>');
        },
      },
    },
  });

  const sessions = new Map();
  for (const kind of ['authorization_code', 'device_code', 'access_token', 'refresh_token']) {
    provider.on(`${kind}.saved`, ({ jti, accountId, grantId }) => {
      if (grantId) sessions.set(grantId, accountId);
      tell(`${kind}.saved`, { token: jti, address: accountId });
    });
    provider.on(`${kind}.destroyed`, ({ accountId }) => tell(`${kind}.destroyed`, { address: accountId }));
  }
  provider.on('grant.success', (ctx) => tell('grant.success', { type: ctx.oidc.params.grant_type }));
  provider.on('grant.error', (ctx, error) => tell('grant.error', {
    type: ctx.oidc?.params?.grant_type, error: error.error, detail: error.error_detail,
  }));
  provider.on('grant.revoked', (ctx, id) => tell('grant.revoked', { address: sessions.get(id) }));
  for (const name of ['authorization.error', 'introspection.error', 'revocation.error', 'server_error']) {
    provider.on(name, (ctx, error) => tell(name, { error: error.error, detail: error.error_detail ?? error.message }));
  }
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'introspection') tell('introspected', { active: ctx.body?.active });
  });

  /** Show a page of an interaction, or take what was chosen on it. */
  async function interact(request, response) {
    const { uid, prompt, params, session, grantId } = await provider.interactionDetails(request, response);
    let wrong = false;
    if (request.method === 'POST') {
      const chosen = await form(request);
      const address = chosen.get('address') ?? '';
      let result;
      if (chosen.get('choice') !== 'yes') {
        result = { error: 'access_denied', error_description: 'the person refused' };
      } else if (prompt.name === 'consent') {
        const grant = (grantId && await provider.Grant.find(grantId))
          || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
        grant.addOIDCScope(params.scope);
        result = { consent: { grantId: await grant.save() } };
      } else if (people[address] && people[address].password === chosen.get('password')) {
        result = { login: { accountId: address } };
      }
      if (result) {
        await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
        return;
      }
      wrong = true;
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(interaction(prompt, uid, params, wrong));
  }

  async function forget(request, response) {
    const address = (await form(request)).get('address');
    for (const [grant, whose] of sessions) {
      if (whose === address) await provider.RefreshToken.adapter.revokeByGrantId(grant);
    }
    tell('forgotten', { address });
    response.end();
  }

  const others = provider.callback();
  server.on('request', (request, response) => {
    const own = { '/sign-in/': interact, '/account/forget': forget };
    const found = Object.keys(own).find((path) => request.url.startsWith(path));
    if (!found) {
      others(request, response);
      return;
    }
    own[found](request, response).catch((error) => {
      response.statusCode = 400;
      response.end(page('This did not work', `<p role="alert">${safe(error.message)}</p>`));
    });
  });
  process.stdout.write(`${issuer}\n`);
});
