//! What a guest tells when it succeeds: searched for secrets, and cut to what is kept of it.

use crate::connector::contract::{CodeVerdict, Export, Handled, Money, Pair, Receipt, Standing, Started};

const TEXT_CHARS_MAX: usize = 500;
const NAME_CHARS_MAX: usize = 64;
const EXTRA_MAX: usize = 16;
const IDS_MAX: usize = 20;
const ID_CHARS_MAX: usize = 128;
const REPORTS_MAX: usize = 100;
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// A guest's good answer.
pub(super) trait Told: Sized {
    /// Every text of it.
    fn texts(&self) -> Vec<&[u8]>;
    /// Whether it says what only a provider's answer can say: without one, it is not believed.
    fn is_providers_word(&self, export: Export) -> bool {
        matches!(export, Export::Sms | Export::Verification)
    }
    /// What it lacks to be of any use.
    fn lacks(&self) -> Option<&'static str> {
        None
    }
    /// What is kept: a provider's ids are short, and its words untrusted.
    fn capped(self) -> Self;
    /// Note what the host saw.
    fn seen(self, _verified: bool) -> Self {
        self
    }
}

impl Told for Receipt {
    fn texts(&self) -> Vec<&[u8]> {
        let price = self.price.iter().flat_map(|price| [price.amount.as_bytes(), price.currency.as_bytes()]);
        self.message_ids.iter().map(String::as_bytes).chain(pairs(&self.extra)).chain(price).collect()
    }

    fn capped(self) -> Self {
        let price = self.price.map(money);
        Self { message_ids: ids(self.message_ids), price, extra: extra(self.extra), ..self }
    }
}

impl Told for Started {
    fn texts(&self) -> Vec<&[u8]> {
        let price = self.price.iter().flat_map(|price| [price.amount.as_bytes(), price.currency.as_bytes()]);
        [self.id.as_bytes()].into_iter().chain(pairs(&self.extra)).chain(price).collect()
    }

    /// A code can be checked only under the id that its provider gave: one that was cut is another.
    fn lacks(&self) -> Option<&'static str> {
        let fits = !self.id.is_empty() && cut(&self.id, ID_CHARS_MAX) == self.id;
        (!fits).then_some(
            "the connector reported a start without an id of 1 to 128 characters, under which it could be checked",
        )
    }

    fn capped(self) -> Self {
        Self { id: cut(&self.id, ID_CHARS_MAX), price: self.price.map(money), extra: extra(self.extra), ..self }
    }
}

impl Told for CodeVerdict {
    fn texts(&self) -> Vec<&[u8]> {
        Vec::new()
    }

    fn is_providers_word(&self, _export: Export) -> bool {
        *self == Self::Approved
    }

    fn capped(self) -> Self {
        self
    }
}

impl Told for Standing {
    fn texts(&self) -> Vec<&[u8]> {
        let balance = self.balance.iter().flat_map(|money| [money.amount.as_bytes(), money.currency.as_bytes()]);
        self.name.iter().map(String::as_bytes).chain(pairs(&self.extra)).chain(balance).collect()
    }

    fn capped(self) -> Self {
        let name = self.name.map(|name| cut(&name, ID_CHARS_MAX));
        Self { name, balance: self.balance.map(money), extra: extra(self.extra) }
    }
}

impl Told for Handled {
    fn texts(&self) -> Vec<&[u8]> {
        let answer = [self.answer.content_type.as_bytes(), &self.answer.body];
        let reports = self.reports.iter().flat_map(|report| {
            let ids = report.message_ids.iter().chain(&report.reference).map(String::as_bytes);
            let words = report.provider_code.iter().chain(&report.text).chain(&report.network).map(String::as_bytes);
            ids.chain(words).chain(pairs(&report.extra))
        });
        reports.chain(answer).collect()
    }

    fn capped(mut self) -> Self {
        self.reports.truncate(REPORTS_MAX);
        for report in &mut self.reports {
            report.message_ids = ids(std::mem::take(&mut report.message_ids));
            report.extra = extra(std::mem::take(&mut report.extra));
            report.reference = report.reference.take().map(|text| cut(&text, ID_CHARS_MAX));
            report.provider_code = report.provider_code.take().map(|text| cut(&text, NAME_CHARS_MAX));
            report.network = report.network.take().map(|text| cut(&text, NAME_CHARS_MAX));
            report.price = report.price.take().map(money);
            report.text = report.text.take().map(|text| cut(&text, TEXT_CHARS_MAX));
        }
        self.answer.body.truncate(ANSWER_BYTES_MAX);
        self.answer.content_type = cut(&self.answer.content_type, ID_CHARS_MAX);
        self
    }

    fn seen(self, verified: bool) -> Self {
        Self { verified, ..self }
    }
}

fn pairs(extra: &[Pair]) -> impl Iterator<Item = &[u8]> {
    extra.iter().flat_map(|pair| [pair.name.as_bytes(), pair.value.as_bytes()])
}

fn ids(ids: Vec<String>) -> Vec<String> {
    ids.into_iter().take(IDS_MAX).map(|id| cut(&id, ID_CHARS_MAX)).collect()
}

fn extra(extra: Vec<Pair>) -> Vec<Pair> {
    let short = |pair: Pair| Pair { name: cut(&pair.name, NAME_CHARS_MAX), value: cut(&pair.value, TEXT_CHARS_MAX) };
    extra.into_iter().take(EXTRA_MAX).map(short).collect()
}

fn money(money: Money) -> Money {
    Money { amount: cut(&money.amount, NAME_CHARS_MAX), currency: cut(&money.currency, NAME_CHARS_MAX) }
}

/// Short, and nothing in it that a terminal or a log would obey.
fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::contract::ReceiptStatus;

    #[test]
    fn what_is_kept_of_a_receipt_and_of_a_standing_is_short() {
        let long = || "x\u{1b}".repeat(100_000);
        let money = || Some(Money { amount: long(), currency: long() });
        let extra = || vec![Pair { name: long(), value: long() }; 100];
        let (status, message_ids) = (ReceiptStatus::Accepted, vec![long(); 100]);
        let receipt = Receipt { status, message_ids, segments: None, price: money(), extra: extra() };
        let kept = format!("{:?}", receipt.capped());
        let standing = format!("{:?}", Standing { name: Some(long()), balance: money(), extra: extra() }.capped());
        assert!(kept.len() < 30_000 && standing.len() < 30_000, "{} {}", kept.len(), standing.len());
        assert!(!kept.contains("u{1b}") && !standing.contains("u{1b}"));
    }
}
