//! Countries: what a message costs, and where their numbers lie.

use super::chance::{Chance, mix};

/// A country as far as its numbers go.
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) calling: &'static str,
    /// Digits after the calling code.
    pub(crate) length: usize,
    /// What mobile numbers begin with.
    pub(crate) areas: &'static [&'static str],
    /// Of 100 blocks, those that are in use.
    pub(crate) used: u64,
    pub(crate) micros: u64,
}

const fn c(
    code: &'static str,
    calling: &'static str,
    length: usize,
    areas: &'static [&'static str],
    used: u64,
    micros: u64,
) -> Country {
    Country { code, calling, length, areas, used, micros }
}

/// Where services have their users. Prices are of the order of public price lists.
pub(crate) static HOMES: &[Country] = &[
    c(
        "US",
        "1",
        10,
        &[
            "201", "212", "213", "305", "312", "404", "415", "469", "503", "512", "602", "617", "702", "713", "718",
            "773", "818", "832", "917", "929",
        ],
        40,
        8_000,
    ),
    c(
        "DE",
        "49",
        11,
        &[
            "151", "152", "157", "159", "160", "162", "163", "170", "171", "172", "173", "174", "175", "176", "177",
            "178", "179",
        ],
        50,
        80_000,
    ),
    c("GB", "44", 10, &["74", "75", "77", "78", "79"], 60, 45_000),
    c("IN", "91", 10, &["70", "78", "80", "81", "88", "90", "93", "96", "98", "99"], 70, 30_000),
    c("BR", "55", 11, &["119", "219", "319", "419", "519", "619", "719", "819"], 50, 55_000),
    c("ID", "62", 11, &["811", "812", "813", "821", "822", "852", "857", "878", "895", "896"], 60, 300_000),
    c("NG", "234", 10, &["703", "706", "803", "805", "806", "810", "813", "816", "903"], 70, 200_000),
    c("IS", "354", 7, &["6", "7", "8"], 60, 70_000),
];

/// Where messages are expensive, and services have few users or none.
pub(crate) static FAR: &[Country] = &[
    c("AZ", "994", 9, &["50", "51", "55", "70"], 30, 300_000),
    c("TJ", "992", 9, &["90", "91", "92", "93"], 30, 300_000),
    c("UZ", "998", 9, &["90", "91", "93", "94"], 30, 280_000),
    c("KG", "996", 9, &["50", "70", "77"], 30, 220_000),
    c("LK", "94", 9, &["70", "71", "76", "77"], 40, 260_000),
    c("BD", "880", 10, &["13", "17", "18", "19"], 50, 250_000),
    c("PK", "92", 10, &["300", "321", "333", "345"], 50, 260_000),
    c("MM", "95", 10, &["925", "942", "978"], 40, 250_000),
    c("KH", "855", 8, &["10", "12", "77", "92"], 40, 180_000),
    c("TG", "228", 8, &["90", "91", "97"], 40, 210_000),
    c("BJ", "229", 8, &["61", "66", "97"], 40, 200_000),
    c("SN", "221", 9, &["70", "76", "77"], 40, 180_000),
    c("ML", "223", 8, &["66", "76", "90"], 40, 220_000),
    c("BF", "226", 8, &["60", "70", "76"], 40, 200_000),
    c("NE", "227", 8, &["88", "90", "96"], 40, 220_000),
    c("GN", "224", 9, &["620", "621", "664"], 40, 200_000),
    c("SL", "232", 8, &["30", "76", "78"], 40, 210_000),
    c("LR", "231", 9, &["770", "880", "886"], 40, 180_000),
    c("CM", "237", 9, &["65", "67", "69"], 40, 190_000),
    c("CD", "243", 9, &["81", "82", "97"], 40, 200_000),
    c("CG", "242", 9, &["05", "06"], 40, 190_000),
    c("GA", "241", 8, &["06", "07"], 40, 180_000),
    c("MG", "261", 9, &["32", "33", "34"], 40, 230_000),
    c("MW", "265", 9, &["88", "99"], 40, 190_000),
    c("ZM", "260", 9, &["95", "96", "97"], 40, 170_000),
    c("ZW", "263", 9, &["71", "77", "78"], 40, 150_000),
    c("TD", "235", 8, &["62", "66", "99"], 40, 210_000),
    c("SO", "252", 9, &["61", "63", "90"], 40, 190_000),
    c("DJ", "253", 8, &["77"], 40, 150_000),
    c("KM", "269", 7, &["3", "4"], 40, 160_000),
    c("CU", "53", 8, &["51", "52", "53"], 40, 120_000),
    c("HT", "509", 8, &["31", "34", "37"], 40, 160_000),
    c("AL", "355", 9, &["67", "68", "69"], 40, 110_000),
    c("BA", "387", 8, &["61", "62", "63"], 40, 90_000),
    c("MK", "389", 8, &["70", "71", "75"], 40, 80_000),
    c("AM", "374", 8, &["91", "93", "94"], 40, 170_000),
    c("GE", "995", 9, &["555", "571", "593"], 40, 120_000),
    c("LB", "961", 8, &["70", "71", "76"], 40, 110_000),
    c("PS", "970", 9, &["56", "59"], 40, 190_000),
    c("YE", "967", 9, &["71", "73", "77"], 40, 140_000),
    c("AF", "93", 9, &["70", "77", "79"], 40, 230_000),
    c("NP", "977", 10, &["984", "985", "986"], 40, 130_000),
    c("LA", "856", 10, &["205", "209"], 40, 110_000),
    c("MV", "960", 7, &["7", "9"], 40, 90_000),
    c("BT", "975", 8, &["17", "77"], 40, 180_000),
    c("TM", "993", 8, &["61", "63", "65"], 40, 240_000),
];

/// Any country of both lists.
pub(crate) fn country(index: usize) -> &'static Country {
    if index < HOMES.len() { &HOMES[index] } else { &FAR[index - HOMES.len()] }
}

impl Country {
    /// Blocks of 10,000 in one of its areas.
    fn blocks(&self, area: &str) -> u64 {
        10u64.pow((self.length - area.len() - 4) as u32)
    }

    fn block(&self, area: &str, block: u64) -> String {
        format!("{}{area}{block:0width$}", self.calling, width = self.length - area.len() - 4)
    }

    /// A real user's number: in a block that is in use; some blocks are more popular than others.
    pub(crate) fn someone(&self, chance: &mut Chance) -> String {
        let skew = chance.unit() * chance.unit().sqrt();
        let area = self.areas[(skew * self.areas.len() as f64) as usize];
        let blocks = self.blocks(area);
        let used = (blocks * self.used / 100).max(1);
        let nth = (chance.unit().powf(1.4) * used as f64) as u64;
        // The blocks in use lie strewn over the area.
        let block = (nth * 7919 + mix(area.len() as u64 + used) % blocks) % blocks;
        format!("{}{:04}", self.block(area, block), chance.below(10_000))
    }

    /// Blocks that somebody has bought: next to each other, or strewn over the mobile numbers.
    pub(crate) fn bought(&self, ranges: u64, together: bool, chance: &mut Chance) -> Vec<String> {
        let start = chance.below(1 << 40);
        let area = chance.below(self.areas.len() as u64);
        let of = |n: u64, chance: &mut Chance| {
            let area = if together { area } else { chance.below(self.areas.len() as u64) };
            let area = self.areas[area as usize];
            let block = if together { start + n } else { chance.below(1 << 40) };
            self.block(area, block % self.blocks(area))
        };
        (0..ranges).map(|n| of(n, chance)).collect()
    }
}
