// What Kratos' courier sends to a hook of Countersign: whom, why, which code, for how long.
function(ctx)
  local data = if 'template_data' in ctx && ctx.template_data != null then ctx.template_data else {};
  local of(object, name) = if std.isObject(object) && name in object then object[name] else null;
  local codes = [
    of(data, name)
    for name in ['login_code', 'registration_code', 'recovery_code', 'verification_code']
    if of(data, name) != null && of(data, name) != ''
  ];
  {
    to: ctx.recipient,
    template_type: ctx.template_type,
    code: if std.length(codes) > 0 then codes[0] else null,
    body: of(ctx, 'body'),
    expires_in_minutes: of(data, 'expires_in_minutes'),
    locale: of(of(data, 'transient_payload'), 'locale'),
    subject_id: of(of(data, 'identity'), 'id'),
  }
