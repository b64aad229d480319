//! Countries with their networks, and ten providers: what each charges, how fast and how surely it delivers where, and what
//! it reports.

use countersign::phone::PhoneNumber;

use super::draw::Draw;

pub(crate) const PROVIDERS: [&str; 10] =
    ["alder", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine"];

/// A country, its networks, and numbers that stand for all of an area.
pub(crate) struct Country {
    pub(crate) code: &'static str,
    /// Share of the users.
    pub(crate) share: f64,
    /// Its noon, in hours of UTC.
    pub(crate) noon: f64,
    /// An SMS's price in thousandths of a cent.
    price: f64,
    pub(crate) networks: &'static [(&'static str, f64)],
    /// A number of each area, and the network that most of its numbers belong to; none where areas don't tell.
    areas: &'static [(&'static str, Option<usize>)],
}

pub(crate) static COUNTRIES: [Country; 5] = [
    Country {
        code: "US",
        share: 0.35,
        noon: 18.0,
        price: 800.0,
        networks: &[("us-a", 0.4), ("us-b", 0.35), ("us-c", 0.25)],
        areas: &[("+14155550123", None), ("+12125550123", None), ("+13125550123", None), ("+13055550123", None)],
    },
    Country {
        code: "DE",
        share: 0.2,
        noon: 11.0,
        price: 7_500.0,
        networks: &[("de-a", 0.4), ("de-b", 0.35), ("de-c", 0.25)],
        areas: &[("+4915112345678", Some(0)), ("+4915212345678", Some(1)), ("+4917612345678", Some(2))],
    },
    Country {
        code: "GB",
        share: 0.15,
        noon: 12.0,
        price: 4_200.0,
        networks: &[("gb-a", 0.4), ("gb-b", 0.3), ("gb-c", 0.3)],
        areas: &[("+447400123456", Some(0)), ("+447810123456", Some(1)), ("+447520123456", Some(2))],
    },
    Country {
        code: "IN",
        share: 0.2,
        noon: 6.5,
        price: 2_800.0,
        networks: &[("in-a", 0.45), ("in-b", 0.4), ("in-c", 0.15)],
        areas: &[("+919812345678", Some(0)), ("+917012345678", Some(1)), ("+919412345678", Some(2))],
    },
    Country {
        code: "BR",
        share: 0.1,
        noon: 15.0,
        price: 4_000.0,
        networks: &[("br-a", 0.4), ("br-b", 0.35), ("br-c", 0.25)],
        areas: &[("+5511912345678", None), ("+5521912345678", None), ("+5531912345678", None)],
    },
];

/// How a provider does in one country while all is well.
#[derive(Clone, Copy, Default)]
pub(crate) struct There {
    /// Share that is delivered, to each network.
    pub(crate) delivers: [f64; 3],
    /// Seconds until half of them have arrived, and how far the others lie from that.
    pub(crate) median: f64,
    pub(crate) sigma: f64,
    /// In thousandths of a cent.
    pub(crate) price: f64,
}

/// A provider.
#[derive(Clone, Copy, Default)]
pub(crate) struct Provider {
    pub(crate) there: [There; COUNTRIES.len()],
    /// Seconds until it answers.
    pub(crate) answers: f64,
    /// Share of its messages that it reports anything of.
    pub(crate) reports: f64,
    /// Seconds until a report has come.
    pub(crate) reports_after: f64,
    pub(crate) names_network: bool,
    /// Share of lost ones that it calls delivered.
    pub(crate) lies: f64,
}

/// All that does not change.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) providers: [Provider; PROVIDERS.len()],
    /// By country, its areas.
    pub(crate) numbers: Vec<Vec<PhoneNumber>>,
    /// By country, in which order somebody who knows the market would ask: the cheapest of those that do well first.
    pub(crate) order: Vec<Vec<usize>>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut providers = [Provider::default(); PROVIDERS.len()];
        for (nth, provider) in providers.iter_mut().enumerate() {
            *provider = made(&mut Draw::of(seed, &[1, nth as u64]));
        }
        let numbers: Vec<Vec<PhoneNumber>> = COUNTRIES.iter().map(numbers).collect();
        let order = (0..COUNTRIES.len()).map(|country| order(&providers, country)).collect();
        Self { seed, providers, numbers, order }
    }

    /// Somebody's area and network.
    pub(crate) fn lives(country: usize, draw: &mut Draw) -> (usize, usize) {
        let Country { networks, areas, .. } = &COUNTRIES[country];
        let network = draw.one_of(networks);
        let own = areas.iter().position(|(_, of)| *of == Some(network));
        // Of seven numbers one was taken along to another network.
        let moved = draw.is(0.15);
        let any = draw.below(areas.len());
        (own.filter(|_| !moved).unwrap_or(any), network)
    }
}

fn numbers(country: &Country) -> Vec<PhoneNumber> {
    let number = |(text, _): &(&str, _)| {
        let number = PhoneNumber::parse(text).unwrap();
        assert_eq!(number.country(), Some(country.code), "{text}");
        number
    };
    country.areas.iter().map(number).collect()
}

fn made(draw: &mut Draw) -> Provider {
    // Better ones cost more, mostly.
    let quality = draw.unit();
    let mut there = [There::default(); COUNTRIES.len()];
    for (there, country) in there.iter_mut().zip(&COUNTRIES) {
        let here = (quality + draw.between(-0.3, 0.3)).clamp(0.0, 1.0);
        let delivers = 0.94 + 0.05 * here;
        *there = There {
            delivers: [(); 3].map(|()| delivers * draw.between(0.98, 1.0)),
            median: 6.0 - 3.0 * here + draw.between(-0.5, 1.0),
            sigma: draw.between(0.5, 0.75),
            price: country.price * (0.75 + 0.4 * here + draw.between(0.0, 0.4)),
        };
    }
    Provider {
        there,
        answers: draw.between(0.15, 0.5),
        reports: draw.between(0.6, 0.98),
        reports_after: draw.between(2.0, 15.0),
        names_network: draw.is(0.6),
        lies: draw.between(0.05, 0.3),
    }
}

fn order(providers: &[Provider], country: usize) -> Vec<usize> {
    let cost = |nth: &usize| {
        let there = &providers[*nth].there[country];
        let delivers = there.delivers.iter().sum::<f64>() / 3.0;
        // What is slow or lost costs users.
        there.price * (1.0 + 12.0 * (1.0 - delivers) + 0.15 * (there.median - 3.0).max(0.0))
    };
    let mut all: Vec<usize> = (0..providers.len()).collect();
    all.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    all
}
