//! All that the demo's pages say.

use super::Flow;
use super::codes::Refused;
use crate::clock::Timestamp;

pub(super) const NO_PAGE: &str = "This page is not here";
pub(super) const CLOSED_TITLE: &str = "The demo is open on this machine only";
pub(super) const CLOSED: &str = "It sends real messages. From elsewhere it is for people who are signed in to the console and have the role operate.";
pub(super) const CLOSED_SIGN_IN: &str = "Sign in to the console, then come back here";
pub(super) const NO_DEMO: &str = "there is no demo at this address: it is served for environments of kind development";
pub(super) const YOUR_PHONE: &str = "your phone";
pub(super) const DEMO: &str = "Demo: accounts are kept in memory and go with the service.";
pub(super) const PREVIEW: &str = "Preview";
pub(super) const PHONE: &str = "Phone number";
pub(super) const PHONE_HINT: &str = "With the country code: +1 415 555 0123";
pub(super) const EMAIL: &str = "E-mail address";
pub(super) const USERNAME: &str = "User name";
pub(super) const PASSWORD: &str = "Password";
pub(super) const NEW_PASSWORD: &str = "New password";
pub(super) const NEW_PASSWORD_HINT: &str = "At least 8 characters";
pub(super) const OR: &str = "or";
pub(super) const WITH_PASSWORD: &str = "Use a password instead";
pub(super) const SEND_CODE: &str = "Send me a code";
pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const SIGN_UP: &str = "Create account";
pub(super) const SIGN_OUT: &str = "Sign out";
pub(super) const CONTINUE: &str = "Continue";
pub(super) const SAVE_PASSWORD: &str = "Save password";
pub(super) const NO_ACCOUNT: &str = "No account yet?";
pub(super) const HAVE_ACCOUNT: &str = "Have an account?";
pub(super) const FORGOT: &str = "Forgot your password?";
pub(super) const CODE_TITLE: &str = "Enter the code";
pub(super) const CODE: &str = "Code";
pub(super) const RESEND: &str = "Send the code again";
pub(super) const OTHER_NUMBER: &str = "Use another number";
pub(super) const INBOX: &str = "Open the inbox";
pub(super) const INBOX_WHY: &str = "In development the code is in the inbox.";
pub(super) const ACCOUNT: &str = "Your account";
pub(super) const NOT_SET: &str = "Not set";
pub(super) const IS_SET: &str = "Set";
pub(super) const LINK: &str = "Link a phone number";
pub(super) const CHANGE_NUMBER: &str = "Link another number";
pub(super) const SET_PASSWORD: &str = "Set a password";
pub(super) const CHANGE_PASSWORD: &str = "Change the password";
pub(super) const STRANGER_TITLE: &str = "There is no account with this number yet";
pub(super) const STRANGER: &str = "The number is yours, and nobody has an account with it.";
pub(super) const NO_SIGN_UP: &str = "Accounts are not begun by phone number here.";
pub(super) const NO_ACCOUNTS: &str =
    "People don't come in here by themselves: this environment's sign-in experience has no identifier.";
pub(super) const EMAIL_NOTE: &str =
    "Codes go out by text message only, so the demo takes an e-mail address as it is given.";
pub(super) const FIRST_SIGN_IN: &str = "Sign in first, then link your number.";
pub(super) const OVER: &str = "That code is no longer valid. Ask for another one.";
pub(super) const UNSENT: &str =
    "The message could not be sent. Look at the number once more, or try again in a moment.";
pub(super) const TYPE_CODE: &str = "Type the code from the message";
pub(super) const TYPE_NUMBER: &str = "Type your number";
pub(super) const NO_EMAIL: &str = "This is not an e-mail address";
pub(super) const NO_USERNAME: &str = "A user name has 1 to 64 characters and no spaces";
pub(super) const BAD_PASSWORD: &str = "A password has 8 characters or more, and at most 256 bytes";
pub(super) const TAKEN: &str = "This one can't be had: choose another, or sign in if it is yours";
pub(super) const WRONG_PASSWORD: &str = "This and the password don't belong together";

/// The heading of a flow.
pub(super) fn title(flow: Flow, app: &str) -> String {
    match flow {
        Flow::SignUp => format!("Create your {app} account"),
        Flow::SignIn => format!("Sign in to {app}"),
        Flow::ForgotPassword => "Set a new password".to_owned(),
        Flow::LinkAccount => "Link your phone number".to_owned(),
    }
}

/// What happens in a flow.
pub(super) const fn lead(flow: Flow) -> &'static str {
    match flow {
        Flow::SignUp | Flow::SignIn => "We send you a code by text message.",
        Flow::ForgotPassword => "We send a code to the number of your account. With it you can set a new password.",
        Flow::LinkAccount => "We send a code to the number. With it you can sign in from then on.",
    }
}

/// The flow is closed.
pub(super) fn closed(flow: Flow) -> String {
    let what = match flow {
        Flow::SignUp => "Sign-up by phone",
        Flow::SignIn => "Sign-in by phone",
        Flow::ForgotPassword => "Resetting a password",
        Flow::LinkAccount => "Linking a phone number",
    };
    format!("{what} is closed: no codes are sent for it.")
}

/// Where the code went.
pub(super) fn sent_to(number: &str) -> String {
    format!("It was sent to {number}.")
}

/// How long the code is.
pub(super) fn digits(count: u8) -> String {
    format!("{count} digits")
}

/// From when on a code can be sent again.
pub(super) fn resend_from(at: Timestamp) -> String {
    format!("Possible from {}.", clock_time(at))
}

/// A wrong code.
pub(super) fn wrong_code(left: u32) -> String {
    match left {
        1 => "That is not the code. You have one more try.".to_owned(),
        left => format!("That is not the code. You have {left} more tries."),
    }
}

/// A name that has to wait, after too many wrong passwords.
pub(super) fn wait_password(seconds: u64) -> String {
    format!("Too many wrong passwords. Try again in {}.", span(seconds))
}

/// Why it was not done.
pub(super) fn refused(refused: &Refused, now: Timestamp) -> String {
    let what = match refused.kind.as_str() {
        "cooldown" => "A code went to this number a moment ago.",
        "hourly-cap" => "This number got as many codes in an hour as it may.",
        "client-cap" => "As many codes were asked for from here in an hour as may.",
        "back-off" => "Too many wrong codes in a row.",
        "locked" => "This number is locked after too many wrong codes.",
        "purpose-closed" => "This is closed: no codes are sent for it.",
        "no-active-connector" => "No text messages can be sent yet: no connector is active.",
        "not-checked" => "Nobody could say just now whether the code is right. It was not counted as wrong.",
        _ => "That did not work.",
    };
    match refused.retry_after_seconds {
        Some(seconds) => {
            let at = now.plus(std::time::Duration::from_secs(seconds));
            format!("{what} Try again in {}, at {}.", span(seconds), clock_time(at))
        }
        None if matches!(refused.kind.as_str(), "purpose-closed" | "no-active-connector") => what.to_owned(),
        None => format!("{what} Try again in a moment."),
    }
}

/// What was done, by the word in the address.
pub(super) fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "welcome" => "Your account is there, and you are signed in.",
        "again" => "You have an account with this number already, and are signed in.",
        "signed-in" => "You are signed in.",
        "signed-out" => "You are signed out.",
        "password" => "Your new password is saved.",
        "linked" => "Your number is linked.",
        _ => return None,
    })
}

/// What could not be done, by the word in the address.
pub(super) fn failed(word: &str) -> Option<&'static str> {
    Some(match word {
        "taken" => "The number belongs to another account, so it was not linked.",
        "first" => FIRST_SIGN_IN,
        _ => return None,
    })
}

/// A span of time.
pub(super) fn span(seconds: u64) -> String {
    let of = |count: u64, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    if seconds < 120 { of(seconds.max(1), "second") } else { of(seconds.div_ceil(60), "minute") }
}

/// The time of day, to the second.
fn clock_time(at: Timestamp) -> String {
    let text = at.plus(std::time::Duration::from_millis(999)).to_string();
    let time = text.split_once('T').map(|(_, time)| time.chars().take(8).collect::<String>());
    time.map_or(text, |time| format!("{time} UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_it_is_worth_another_try() {
        let refused = |kind: &str, seconds| {
            let refused = Refused { kind: kind.to_owned(), retry_after_seconds: seconds, ..Refused::default() };
            super::refused(&refused, Timestamp::from_millis(1_768_478_400_000))
        };
        let text = refused("cooldown", Some(24));
        assert_eq!(text, "A code went to this number a moment ago. Try again in 24 seconds, at 12:00:24 UTC.");
        assert!(refused("locked", Some(3600)).contains("60 minutes"));
        assert_eq!(refused("purpose-closed", None), "This is closed: no codes are sent for it.");
    }
}
