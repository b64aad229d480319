//! What a guest tells when it succeeds: searched for secrets, and cut to what is kept of it.

use crate::connector::contract::{Handled, Pair, Receipt, Standing};

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
        Self { message_ids: ids(self.message_ids), extra: extra(self.extra), ..self }
    }
}

impl Told for Standing {
    fn texts(&self) -> Vec<&[u8]> {
        let balance = self.balance.iter().flat_map(|money| [money.amount.as_bytes(), money.currency.as_bytes()]);
        self.name.iter().map(String::as_bytes).chain(pairs(&self.extra)).chain(balance).collect()
    }

    fn capped(self) -> Self {
        Self { name: self.name.map(|name| cut(&name, TEXT_CHARS_MAX)), extra: extra(self.extra), ..self }
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

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}
