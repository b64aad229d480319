//! The sign-in experience.

use crate::demo::Flow;
use crate::otp::sign_in::Identifier;

pub(in crate::console) const LEAD: &str =
    "By what people sign up and sign in, and for what they get codes. A change holds from the next request on.";
pub(in crate::console) const SIGN_UP: &str = "People sign up with";
pub(in crate::console) const SIGN_IN: &str = "People sign in with";
pub(in crate::console) const VERIFY: &str = "An e-mail address is verified by a code";
pub(in crate::console) const VERIFY_HINT: &str =
    "A number is always verified. E-mail goes out from your identity server: this service sends text messages only.";
pub(in crate::console) const PURPOSES: &str = "Codes are sent for";
pub(in crate::console) const PURPOSES_HINT: &str =
    "A purpose that is not ticked is closed: whoever asks gets no message. Codes that were sent can still be used.";
pub(in crate::console) const OTHER: &str = "Every purpose that is not in this list";
pub(in crate::console) const ADD: &str = "Add a purpose of your own";
pub(in crate::console) const ADD_HINT: &str = "Lower-case letters, digits and hyphens, such as confirm-payment";
pub(in crate::console) const ACCENT: &str = "Colour of buttons";
pub(in crate::console) const ACCENT_HINT: &str =
    "As #rrggbb, such as #0b6b4f; plain without one. The name on the pages is the environment's";
pub(in crate::console) const SAVED: &str = "Saved. It holds from now on.";
pub(in crate::console) const SHOW_PREVIEW: &str = "Show preview";
pub(in crate::console) const PREVIEW: &str = "Preview";
pub(in crate::console) const PREVIEW_HINT: &str =
    "What people see, with what is not saved yet. Nothing can be sent from it.";
pub(in crate::console) const PAGE: &str = "Page";
pub(in crate::console) const OPEN_DEMO: &str = "Open the demo";
pub(in crate::console) const SET_UP: &str = "Set up a connector";
pub(in crate::console) const NEEDS_SMS: &str =
    "What you turned on goes by text message, and no connector is active in this environment.";
pub(in crate::console) const STALE: &str = "Somebody saved the sign-in experience while you were changing it. Nothing of yours is saved. Below is what you have; it differs from what is saved now:";
pub(in crate::console) const STALE_SAVE: &str = "Save again to put yours in its place.";
pub(in crate::console) const STALE_SAME: &str = "What is saved now is the same as yours.";
pub(in crate::console) const OPEN: &str = "open";
pub(in crate::console) const CLOSED: &str = "closed";
pub(in crate::console) const NONE: &str = "none";

/// By what somebody says who he is.
pub(in crate::console) const fn identifier(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::Phone => "Phone number",
        Identifier::Email => "E-mail address",
        Identifier::EmailOrPhone => "E-mail address or phone number",
        Identifier::Username => "User name and password",
        Identifier::None => "Nothing: not by themselves",
    }
}

/// A flow of the demo.
pub(in crate::console) const fn flow(flow: Flow) -> &'static str {
    match flow {
        Flow::SignUp => "Sign up",
        Flow::SignIn => "Sign in",
        Flow::ForgotPassword => "Forgot password",
        Flow::LinkAccount => "Link account",
    }
}

/// What a standard purpose is for.
pub(in crate::console) fn purpose(name: &str) -> Option<&'static str> {
    Some(match name {
        "sign-in" => "Somebody signs in",
        "register" => "Somebody signs up",
        "forgot-password" => "A forgotten password is set anew",
        "organization-invitation" => "Somebody is invited to an organization",
        "generic" => "Anything without a purpose of its own",
        "permission-validation" => "Somebody confirms a sensitive change",
        "link-account" => "A number is added to an account",
        "mfa-setup" => "A second factor is set up",
        "mfa-verification" => "A second factor is asked for",
        _ => return None,
    })
}

/// One difference between what is saved and what was sent.
pub(in crate::console) fn difference(what: &str, saved: &str, yours: &str) -> String {
    format!("{what}: saved is {saved}, yours is {yours}")
}
