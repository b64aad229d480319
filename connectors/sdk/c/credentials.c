// Signatures, made by the host. Neither a key nor a signature is ever in here.

#include "bytes.h"
#include "imports.h"

// Each of these is a fault of manifest, configuration or connector; nothing was asked of the provider.
static cs_failure meaning(const char *credential, cs_refusal refusal) {
    const cs_str name = cs_of(credential);
    const cs_str named = CS_CONCAT(CS("the credential `"), name, CS("` "));
    cs_str text = {0};
    switch (refusal.tag) {
    case CS_REFUSAL_UNKNOWN_NAME:
        text = CS_CONCAT(CS("there is no credential `"), name, CS("` with this configuration"));
        break;
    case CS_REFUSAL_WRONG_KIND:
        text = CS_CONCAT(named, CS("is of kind `"), refusal.text, CS("`"));
        break;
    case CS_REFUSAL_NOT_HERE:
        text = CS_CONCAT(named, CS("can't be used in this export"));
        break;
    case CS_REFUSAL_OTHER:
        text = CS_CONCAT(named, CS("can't be used: "), refusal.text);
        break;
    }
    return cs_failure_of(CS_INVALID_CONFIG, text);
}

static cs_marker marker(const char *credential, cs_marker_result result) {
    if (result.refused) {
        return (cs_marker){.failed = true, .failure = meaning(credential, result.refusal)};
    }
    return (cs_marker){.marker = result.marker};
}

cs_marker cs_sign(const char *credential, cs_str data) {
    const cs_str name = cs_of(credential);
    cs_marker_result result;
    cs_import_sign(name.ptr, name.len, data.ptr, data.len, &result);
    return marker(credential, result);
}

cs_marker cs_digest(const char *credential, cs_pairs values) {
    const cs_str name = cs_of(credential);
    cs_marker_result result;
    cs_import_digest(name.ptr, name.len, values.items, values.len, &result);
    return marker(credential, result);
}

cs_marker cs_token(const char *credential, cs_pairs claims) {
    const cs_str name = cs_of(credential);
    cs_marker_result result;
    cs_import_token(name.ptr, name.len, claims.items, claims.len, &result);
    return marker(credential, result);
}

cs_verdict cs_verify(const char *credential, cs_str data, cs_str signature) {
    const cs_str name = cs_of(credential);
    cs_verify_result result;
    cs_import_verify(name.ptr, name.len, data.ptr, data.len, signature.ptr, signature.len, &result);
    if (result.refused) {
        return (cs_verdict){.failed = true, .failure = meaning(credential, result.refusal)};
    }
    return (cs_verdict){.good = result.good};
}

bool cs_is_set(const char *credential) {
    const cs_str name = cs_of(credential);
    cs_marker_result result;
    cs_import_sign(name.ptr, name.len, NULL, 0, &result);
    // A kind that does not sign refuses too, but in other words.
    return !result.refused || result.refusal.tag != CS_REFUSAL_UNKNOWN_NAME;
}

void cs_log(cs_level level, cs_str text) {
    cs_import_log_write(level, text.ptr, text.len);
}
