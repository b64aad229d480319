// Twilio's own validator on a callback of this service. Fails by an assertion.
"use strict";

const assert = require("node:assert/strict");
const { validateRequest } = require("twilio");

const told = JSON.parse(process.argv[2]);
const parameters = Object.fromEntries(new URLSearchParams(told.body));
assert.equal(parameters.MessageStatus, "sent");
assert.equal(validateRequest(told.token, told.signature, told.url, parameters), true);
assert.equal(validateRequest(told.token, told.signature, told.url, { ...parameters, To: "+14155550199" }), false);
assert.equal(validateRequest("0".repeat(32), told.signature, told.url, parameters), false);
