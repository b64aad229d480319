//! Figures as SVG, with their numbers in a table below: pure functions, no script, no inline style.
//!
//! Promise: whatever the numbers and names are, the markup is well-formed and nothing is drawn outside of the picture.
//! Nothing is told by colour alone: bars have patterns, lines have dashes, both have names; a sentence says what is to be
//! seen, and a table has every number.

mod axis;
mod bars;
mod lines;
mod ratios;

use maud::{Markup, html};

use crate::console::shell;
use crate::console::words::charts as words;
use crate::store::{Bucket, Figures, Step};

pub(crate) use bars::bars;
pub(crate) use lines::lines;
pub(crate) use ratios::{Ratio, Ratios, ratio_bars};

/// What is drawn over time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chart<'a> {
    /// Begins the ids in the figure: a word that no other figure of the page has.
    pub(crate) id: &'a str,
    /// The heading.
    pub(crate) title: &'a str,
    /// How long a part of the series is.
    pub(crate) step: Step,
    /// The parts, in order.
    pub(crate) series: &'a [Bucket],
    /// The whole span.
    pub(crate) totals: &'a Figures,
}

/// How a call stands, in the order in which bars are stacked: what went well at the bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Outcome {
    /// Reported as delivered.
    Delivered,
    /// Taken by the provider.
    Accepted,
    /// Under way.
    Sending,
    /// Nobody knows.
    Unknown,
    /// Reported as lost.
    Undelivered,
    /// Certainly not sent.
    Refused,
}

impl Outcome {
    /// From the bottom to the top.
    pub(in crate::console) const ALL: [Self; 6] =
        [Self::Delivered, Self::Accepted, Self::Sending, Self::Unknown, Self::Undelivered, Self::Refused];

    /// How many calls stand so.
    pub(in crate::console) fn of(self, figures: &Figures) -> u64 {
        match self {
            Self::Delivered => figures.delivered,
            Self::Accepted => figures.accepted,
            Self::Sending => figures.sending,
            Self::Unknown => figures.unknown,
            Self::Undelivered => figures.undelivered,
            Self::Refused => figures.refused,
        }
    }

    /// Its class, and the end of its pattern's id.
    fn class(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Accepted => "accepted",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Undelivered => "undelivered",
            Self::Refused => "refused",
        }
    }
}

/// What stands around a picture: heading, sentence, picture, names, table.
struct Figure<'a> {
    id: &'a str,
    title: &'a str,
    sentence: &'a str,
    height: f64,
    picture: Markup,
    legend: Markup,
    table: Markup,
}

impl Figure<'_> {
    fn draw(&self) -> Markup {
        let (title, desc) = (format!("{}-title", self.id), format!("{}-desc", self.id));
        html! {
            figure.chart {
                figcaption { strong { (self.title) } " " span { (self.sentence) } }
                div.chart-frame tabindex="0" role="region" aria-label=(self.title) {
                    svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (axis::WIDTH) " " (self.height) } role="img"
                        aria-labelledby={ (title) " " (desc) } {
                        title id=(title) { (self.title) }
                        desc id=(desc) { (self.sentence) }
                        (self.picture)
                    }
                }
                (self.legend)
                details { summary { (words::NUMBERS) } (self.table) }
            }
        }
    }
}

/// A figure of nothing.
fn blank(title: &str, text: &str) -> Markup {
    html! { figure.chart { figcaption { strong { (title) } } (shell::empty(text, None)) } }
}

#[cfg(test)]
mod tests;
