//! A callback and its reports, between the generated types and ours.

use super::{common, lift_kind, lift_money, lift_pairs};
use crate::clock::Timestamp;
use crate::connector::contract::{Answer, Callback, DeliveryReport, Handled, ReportStatus};

pub(super) fn lower(callback: &Callback) -> common::Callback {
    let header =
        |pair: &crate::connector::contract::Pair| common::Header { name: pair.name.clone(), value: pair.value.clone() };
    common::Callback {
        method: callback.method.clone(),
        url: callback.url.clone(),
        headers: callback.headers.iter().map(header).collect(),
        body: callback.body.clone(),
    }
}

/// Whether a signature was verified is what the host saw, not what the guest says.
pub(super) fn lift(handled: common::Handled) -> Handled {
    let common::Answer { status, content_type, body } = handled.answer;
    Handled {
        reports: handled.reports.into_iter().map(lift_report).collect(),
        answer: Answer { status, content_type, body },
        verified: false,
    }
}

fn lift_report(report: common::Report) -> DeliveryReport {
    use common::ReportStatus as S;
    DeliveryReport {
        message_ids: report.message_ids,
        reference: report.reference,
        status: match report.status {
            S::Accepted => ReportStatus::Accepted,
            S::Sent => ReportStatus::Sent,
            S::Delivered => ReportStatus::Delivered,
            S::Undelivered => ReportStatus::Undelivered,
            S::Expired => ReportStatus::Expired,
            S::Rejected => ReportStatus::Rejected,
            S::Other => ReportStatus::Other,
        },
        at: report.at.map(Timestamp::from_millis),
        kind: report.kind.map(lift_kind),
        provider_code: report.provider_code,
        text: report.text,
        network: report.network,
        segments: report.segments,
        price: report.price.map(lift_money),
        extra: lift_pairs(report.extra),
    }
}
