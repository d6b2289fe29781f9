// An OpenID provider for tests: two clients, some specimen accounts, authorization code with PKCE, a login form without
// decoration. `node provider.js FOLDER` reads FOLDER/settings.json, listens on a free port of loopback and then writes its
// issuer to FOLDER/issuer.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { errors, Provider } from "oidc-provider";

const FORM_BYTES = 4096;

const folder = process.argv[2];
const settings = JSON.parse(readFileSync(join(folder, "settings.json"), "utf8"));
const accounts = new Map(settings.accounts.map((account) => [account.login, account]));

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const key = (id, type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }),
  kid: id,
  use: "sig",
});

const provider = new Provider(issuer, {
  clients: settings.client_ids.map((id) => ({
    client_id: id,
    client_secret: settings.client_secret,
    redirect_uris: settings.redirect_uris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  })),
  jwks: {
    keys: [key("TEST-rsa", "rsa", { modulusLength: 2048 }), key("TEST-ec", "ec", { namedCurve: "P-256" })],
  },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  pkce: { required: () => true },
  claims: { openid: ["sub", "amr"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
  // What a client asks for by scope stands in the ID token too: a second request is not needed.
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
  interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  findAccount: (_, login) => {
    const account = accounts.get(login);
    return account && { accountId: login, claims: () => ({ ...account.claims, sub: login }) };
  },
  // The client is the provider's own: nobody is asked whether they agree.
  loadExistingGrant: async (context) => {
    const { client, session, params } = context.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope);
    await grant.save();
    return grant;
  },
});

const page = (uid, complaint) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>TEST provider</title>
<h1>SPECIMEN accounts</h1><p role="alert">${complaint}</p>
<form method="post" action="/login/${uid}"><input name="login" required> <input name="password" type="password" required>
<button>Sign in</button></form></html>`;

const answer = (response, status, text) => {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(text);
};

const form = async (request) => {
  let text = "";
  for await (const part of request) {
    text += part;
    if (text.length > FORM_BYTES) throw new errors.InvalidRequest("the form is too long");
  }
  return new URLSearchParams(text);
};

const login = async (request, response) => {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") return answer(response, 200, page(uid, ""));
  const given = await form(request);
  const account = accounts.get(given.get("login"));
  if (!account || account.password !== given.get("password")) {
    return answer(response, 401, page(uid, "Unknown account or wrong password"));
  }
  const result = { login: { accountId: account.login, amr: ["pwd"], remember: false } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
};

const others = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/login/")) return others(request, response);
  return login(request, response).catch((error) => answer(response, error.statusCode ?? 500, "no such sign-in"));
});

writeFileSync(join(folder, "issuer.new"), issuer);
renameSync(join(folder, "issuer.new"), join(folder, "issuer"));
