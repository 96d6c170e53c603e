// An OAuth2 server on loopback: device flow, authorization code with PKCE, client credentials, service accounts (RFC
// 7523), refresh tokens that are good for one use and whose second use revokes everything, introspection for Dovecot.
//
//   node server.mjs PORT CERTIFICATE KEY       issuer: https://localhost:PORT/acme
//
// Whoever types a name into its sign-in form is that person. POST /acme/control changes what it does (see `control`).
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';

const [port, certificate, key] = process.argv.slice(2);
const issuer = `https://localhost:${port}/acme`;
const behaviour = { accessTokenSeconds: 3600, refreshTokenExpiresIn: 0, delayMs: 0, serviceAccountKey: '', broken: null };
const counts = { asked: 0, refreshed: 0, reused: 0 };
const grants = new Set();
const app = { client_id: 'app', client_secret: 'app-secret', redirect_uris: [], response_types: [] };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'desk', token_endpoint_auth_method: 'none', application_type: 'native', response_types: ['code'],
      redirect_uris: ['http://127.0.0.1'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    },
    {
      client_id: 'desktop', client_secret: 'desktop-secret', token_endpoint_auth_method: 'client_secret_post',
      application_type: 'native', response_types: ['code'], redirect_uris: ['http://127.0.0.1'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
    { ...app, token_endpoint_auth_method: 'client_secret_post', grant_types: ['client_credentials'] },
    { ...app, client_id: 'dovecot', client_secret: 'dovecot-secret', grant_types: [] },
  ],
  scopes: ['openid', 'offline_access', 'imap', 'smtp'],
  claims: { openid: ['sub', 'preferred_username'], profile: [] },
  conformIdTokenClaims: false,
  features: {
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    devInteractions: { enabled: true },
  },
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ttl: {
    AccessToken: () => behaviour.accessTokenSeconds,
    ClientCredentials: () => behaviour.accessTokenSeconds,
    RefreshToken: 14 * 86400, DeviceCode: 600, Grant: 14 * 86400, IdToken: 3600, Interaction: 3600, Session: 3600,
  },
  // Dovecot asks whose mailbox a token opens; an application's token names nobody, and opens one
  extraTokenClaims: (ctx, token) => ({ user: token.accountId ?? 'support' }),
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: `${id}@acme.example` }) }),
  cookies: { keys: ['throw-away'] },
});

// clients may ask every second whether the person is done, and not every five
provider.use(async (ctx, next) => {
  await next();
  if (ctx.body?.user_code) ctx.body.interval = 1;
});
provider.on('grant.success', (ctx) => {
  const { Grant, RefreshToken } = ctx.oidc.entities;
  if (Grant) grants.add(Grant.jti);
  if (RefreshToken && behaviour.refreshTokenExpiresIn) ctx.body.refresh_token_expires_in = behaviour.refreshTokenExpiresIn;
  if (ctx.oidc.params.grant_type === 'refresh_token') counts.refreshed += 1;
});
provider.on('grant.error', (ctx, error) => {
  if (error.error_detail === 'refresh token already used') counts.reused += 1;
});

const read = async (request) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
};
const answer = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

// {"revoke": true} takes back everything that was granted; any key of `behaviour` is set; answers with the counts.
const control = async (request, response) => {
  const { revoke, ...changes } = JSON.parse((await read(request)) || '{}');
  Object.assign(behaviour, changes);
  for (const id of revoke ? grants : []) {
    await provider.RefreshToken.revokeByGrantId(id);
    await provider.AccessToken.revokeByGrantId(id);
    await (await provider.Grant.find(id))?.destroy();
  }
  if (revoke) grants.clear();
  answer(response, 200, counts);
};

// What Google's token endpoint does for a service account with domain-wide delegation: a signed claim to act for `sub`.
const actFor = async (request, response) => {
  const form = new URLSearchParams(await read(request));
  try {
    const { payload } = await jwtVerify(form.get('assertion'), createPublicKey(behaviour.serviceAccountKey), {
      audience: 'https://oauth2.googleapis.com/token', // what google-auth says, whomever it asks
    });
    const client = await provider.Client.find('desk');
    const token = new provider.AccessToken({ client, accountId: payload.sub.split('@')[0], scope: 'imap smtp' });
    token.extra = { user: payload.sub.split('@')[0] };
    answer(response, 200, { access_token: await token.save(), expires_in: behaviour.accessTokenSeconds, token_type: 'Bearer' });
  } catch (error) {
    answer(response, 400, { error: 'invalid_grant', error_description: error.message });
  }
};

const callback = provider.callback();
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, async (request, response) => {
  if (request.url === '/acme/control') return control(request, response);
  if (request.url === '/acme/service') return actFor(request, response);
  if (request.url === '/acme/token') {
    counts.asked += 1;
    await new Promise((done) => { setTimeout(done, behaviour.delayMs); });
    if (behaviour.broken) {
      response.writeHead(behaviour.broken.status);
      return response.end(behaviour.broken.body);
    }
  }
  request.originalUrl = request.url;
  request.url = request.url.replace(/^\/acme/, '');
  return callback(request, response);
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
