//! Refusals of people who want in.

use super::ApiError;
use crate::people::PeopleError;

impl From<PeopleError> for ApiError {
    fn from(error: PeopleError) -> Self {
        let detail = error.to_string();
        match error {
            PeopleError::UnknownKey | PeopleError::EnvironmentKey(_) => Self::field("/key", detail),
            PeopleError::SpentLink => Self::gone(detail),
            PeopleError::Store(error) => error.into(),
        }
    }
}
