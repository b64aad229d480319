// Our message in Logto's words.

import { refuse } from './call.js';

// The nine that Logto knows; what has no word of its own there is `Generic`.
const TYPES = {
  'sign-in': 'SignIn',
  register: 'Register',
  'forgot-password': 'ForgotPassword',
  'organization-invitation': 'OrganizationInvitation',
  generic: 'Generic',
  'permission-validation': 'UserPermissionValidation',
  'link-account': 'BindNewIdentifier',
  'mfa-verification': 'MfaVerification',
  'mfa-setup': 'BindMfa',
};
const EVERY_TYPE = Object.values(TYPES);
// Under a name of our own the text goes through the package's template as it is, whatever braces are in it.
const WHOLE_TEXT = 'countersign_text';

export function data(message, config, plan) {
  const type = TYPES[message.purpose] ?? 'Generic';
  const parameters = Object.fromEntries(message.parameters.map(({ name, value }) => [name, value]));
  // Nothing else: what Logto adds (`uiLocales`) some packages hand on to the provider, which refuses it.
  const code = parameters.code === undefined ? {} : { code: parameters.code };
  const payload = { ...code, locale: message.locale };
  const out = { ...config };
  if (plan.sender !== null && message.sender !== null) out[plan.sender] = message.sender;
  if (plan.templates !== null) out.templates = templates(message, config, plan, payload, parameters);
  const asked = { to: message.to.replace(/^\+/, ''), type, payload };
  if (message.clientIp !== null) asked.ip = message.clientIp;
  return { config: out, data: asked };
}

function templates(message, config, plan, payload, parameters) {
  const { text, id, locale } = plan.templates;
  const own = Array.isArray(config.templates) ? config.templates : [];
  const alike = (template) => EVERY_TYPE.map((usageType) => ({ usageType, ...template }));
  if (id !== null && message.templateId !== null) {
    Object.assign(payload, parameters);
    const language = locale === null ? {} : { [locale]: message.templateLocale ?? message.locale };
    return alike({ [id]: message.templateId, ...language });
  }
  // Logto's templates as they were there; a message without a code can only be said in its own text.
  if (own.length > 0 && (text === null || payload.code !== undefined)) return completed(own);
  if (text === null) {
    refuse('this provider sends registered templates only: give `templates`, or a template id in the text of this purpose');
  }
  payload[WHOLE_TEXT] = message.text;
  return alike({ [text]: `{{${WHOLE_TEXT}}}` });
}

// Some packages look for the exact type only. `Generic` stands in for what is missing, as it does in the others.
function completed(own) {
  const generic = own.find(({ usageType }) => usageType === 'Generic');
  const missing = EVERY_TYPE.filter((type) => !own.some(({ usageType }) => usageType === type));
  return generic === undefined ? own : [...own, ...missing.map((usageType) => ({ ...generic, usageType }))];
}
