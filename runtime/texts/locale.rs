//! Language tags (BCP 47): their form, and what stands in for one that has no text.

/// The form of a language tag, as a fault tells it.
pub const TAG_FORM: &str = "is a BCP 47 language tag, such as `en` or `pt-BR`";

/// Whether it has the form of a language tag, such as `en`, `pt-BR` or `zh-Hant-TW`.
pub fn is_tag(text: &str) -> bool {
    let subtags =
        || text.split('-').all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric()));
    let language =
        text.split('-').next().is_some_and(|tag| tag.len() >= 2 && tag.bytes().all(|b| b.is_ascii_alphabetic()));
    text.len() <= 35 && language && subtags()
}

/// Whether two entries are of the same language; none is every language.
pub fn same(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// `zh-Hant-TW` → `zh-Hant-TW`, `zh-Hant`, `zh`, none: the look-up of RFC 4647 §3.4, which leaves no single letter at
/// the end. A Chinese region without a script stands for its script first: `zh-TW` → `zh-TW`, `zh-Hant`, `zh`, none.
pub fn fallbacks(locale: &str) -> Vec<Option<&str>> {
    let mut steps = Vec::new();
    let mut rest = locale;
    while !rest.is_empty() {
        steps.push(Some(rest));
        steps.extend(script(rest).map(Some));
        rest = rest.rsplit_once('-').map_or("", |(shorter, _)| shorter);
        while let Some((shorter, last)) = rest.rsplit_once('-')
            && last.len() == 1
        {
            rest = shorter;
        }
    }
    steps.push(None);
    steps
}

/// What is written where: the only language whose regions differ in script for people who read SMS.
fn script(tag: &str) -> Option<&'static str> {
    match tag.to_ascii_lowercase().as_str() {
        "zh-cn" | "zh-sg" => Some("zh-Hans"),
        "zh-tw" | "zh-hk" | "zh-mo" => Some("zh-Hant"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_shortened_from_the_right() {
        assert_eq!(fallbacks("zh-Hant-TW"), [Some("zh-Hant-TW"), Some("zh-Hant"), Some("zh"), None]);
        assert_eq!(fallbacks("de-x-formal"), [Some("de-x-formal"), Some("de"), None], "no single letter at the end");
        assert_eq!(fallbacks(""), [None]);
    }

    #[test]
    fn a_chinese_region_stands_for_its_script() {
        assert_eq!(fallbacks("zh-CN"), [Some("zh-CN"), Some("zh-Hans"), Some("zh"), None]);
        assert_eq!(fallbacks("zh-HK"), [Some("zh-HK"), Some("zh-Hant"), Some("zh"), None]);
    }
}
