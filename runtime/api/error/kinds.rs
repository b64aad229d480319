//! The kinds of problems, and what to do about each.

/// What kinds of problems there are, for the page that explains them.
pub(in crate::api) const KINDS: &[(&str, &str)] = &[
    (
        "approval-needed",
        "The component asks for hosts, credentials or limits that nobody approved. Read `asks`, and repeat the request with `approve` set to the digest given.",
    ),
    (
        "attestation-failed",
        "The `attestation` that came with the request is not good: `reason` says whether it was rejected (wrong, or too old), used before, or is of another hostname, action or score than the environment asks for. Nothing was sent. Ask the person for a new one.",
    ),
    (
        "attestation-required",
        "Nothing was sent: the environment's attestation asks for a token with this message. Show the person your captcha, or have your app attest itself, and repeat the request with the token as `attestation`.",
    ),
    (
        "attestation-unavailable",
        "Whoever judges attestations did not answer, and `on_error` of the environment's attestation is `refuse`. Nothing was sent. Try again in a moment, or set `on_error` to `allow`.",
    ),
    ("back-off", "Too many wrong codes in a row for this number and subject. Wait as long as Retry-After says."),
    ("bad-request", "The request can't be read: its JSON, its query or its headers."),
    (
        "budget",
        "The environment's money for today (UTC) is spent: `guard.budget_micros_per_day` of its policy. Raise it, or wait as long as Retry-After says.",
    ),
    ("callback-failed", "The connector could not read this callback. If it was the provider's, he may send it again."),
    (
        "client-cap",
        "As many messages went out for this `client_ip` in an hour as the policy permits, whatever their numbers. Wait as long as Retry-After says.",
    ),
    (
        "code-by-provider",
        "The connectors that would be asked have their providers make and check the codes: they send no code or text as it is given. Ask for a verification instead (`POST /v1/verifications`), or add a connector that sends.",
    ),
    (
        "connector-lost",
        "A provider made the code of this verification, and its connector serves no more: nobody else can check it or send it again. Ask for a new verification, or set the connector of that name up again.",
    ),
    ("cooldown", "A message went to this number a moment ago. Wait as long as Retry-After says."),
    (
        "country-cap",
        "As many messages went to the number's country in a day as the policy permits. Wait as long as Retry-After says, or raise `sends_per_day` of the country in the policy.",
    ),
    (
        "day-cap",
        "As many messages went out today (UTC) as `guard.messages_per_day` of the policy permits. Raise it, or wait as long as Retry-After says.",
    ),
    (
        "destination-closed",
        "Nothing is sent to this number, or to numbers like it: `rule` says whether it is its country, its first digits or its type. In production no country is open until one is named: PUT `{\"destinations\": {\"named\": [{\"country\": \"DE\"}]}}` at `opened_at`.",
    ),
    ("disabled", "The user is disabled: nobody signs in as him. Enable him first."),
    ("forbidden", "The key may not do this: it lacks the role, or belongs to another environment."),
    ("gone", "A link that signs in once: it was used, or its time is over. Make another one."),
    ("hourly-cap", "This number got as many messages in an hour as the policy permits."),
    ("idempotency-in-flight", "The same request is still running. Repeat it in a moment."),
    ("idempotency-mismatch", "The idempotency key was used for another request. Use a fresh key for each request."),
    ("identity-provider", "The identity provider where people sign in could not be asked. The service's log says why."),
    ("in-use", "Something depends on it. `used_by` says what."),
    ("internal-error", "The service failed. Its log has the cause, under the request's id."),
    ("invalid-component", "The upload is not a component that this service takes. `errors` lists every reason."),
    ("invalid-field", "A field can't be taken. `errors` names each by JSON Pointer."),
    ("invalid-number", "The recipient is not a telephone number."),
    ("locked", "The number is locked after too many wrong codes, whatever verification they were for."),
    ("method-not-allowed", "The address exists, but not for this method."),
    ("mismatch", "A given field is not what the verification was made for. The check was not counted."),
    (
        "no-active-connector",
        "Nobody would send it: set a connector up and activate it. Where something was to be turned on, `errors` names it.",
    ),
    (
        "nodes-behind",
        "The change is saved, and the nodes in `nodes` did not bring it in within ten seconds: `wait=all-nodes` had asked for that. They send nothing until they do. `GET /v1/nodes` tells how they stand.",
    ),
    (
        "not-checked",
        "The provider that made the code could not say whether this one is right. Nothing was counted as wrong unless `attempts_left` fell; try again, after Retry-After where it is given.",
    ),
    (
        "not-development",
        "Faults are injected in environments of kind development only. Rehearse there, with the same set-up.",
    ),
    ("not-found", "There is nothing at this address, or it belongs to another environment."),
    ("not-pending", "The verification has ended. `verification_status` says how."),
    ("not-sent", "Every connector refused the message. `delivery` says why."),
    (
        "outcome-of-check",
        "The message belongs to a verification, whose check tells whether the code was used. There is nothing to report.",
    ),
    ("overloaded", "More requests wait than can be served. Try again in a moment."),
    (
        "prefix-cap",
        "As many messages went to the number's block of 10,000 today (UTC) as `guard.messages_per_day_per_prefix` of the policy permits. Raise it, or wait as long as Retry-After says.",
    ),
    ("purpose-closed", "The environment sends nothing for this purpose. `switched_on_at` is where it is switched on."),
    (
        "quarantined",
        "The revision's component gave out a secret, and it serves no more. Replace the secret, look at the component, and save a new revision if you trust it.",
    ),
    ("rate-limited", "Too many failed attempts from this address."),
    (
        "reviewer-numbers-full",
        "The environment has as many living reviewer numbers as it may. Delete one, or wait until one ends.",
    ),
    ("secret-erased", "The revision needs a secret that was erased. Save a new revision with a new one."),
    ("secret-rebound", "A secret that you did not send again would go somewhere new. Send it again."),
    ("stale-revision", "Somebody saved another revision meanwhile. Read it and try again."),
    (
        "store-unreachable",
        "The service's database can't be reached, or did not answer in time; the service's log says why. What was asked may have been done nevertheless: try again after Retry-After, with the same Idempotency-Key.",
    ),
    (
        "suspected-fraud",
        "Messages like this one look as if somebody earned on them: many, to new numbers, and their codes are not used. `rule` says which rule of the policy's `guard` holds. Codes that are used open it again; `guard.allow` makes an exception.",
    ),
    ("too-large", "The body is larger than this address takes."),
    ("unauthorized", "Send a key: `Authorization: Bearer KEY`."),
    ("unknown-host", "The request's Host is none of this service's. An operator can add it to `server.hosts`."),
    ("unsupported-media-type", "The body has to be of the type that the address takes."),
    ("version-taken", "A released version never changes. Raise the version."),
    ("webhook-disabled", "The webhook is told nothing. `PUT` it with `enabled: true`, then try again."),
    ("webhooks-full", "The environment has as many webhooks as it may. Delete one."),
];
