//! Which fields stand together: those that rules speak of, at the place of the first of them.

use super::Node;
use super::rules::Rule;

/// What stands one below the other in a form. Numbers are places in its lists of fields and of rules.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    One(usize),
    Together { fields: Vec<usize>, rules: Vec<usize> },
}

/// The blocks of a form, in the schema's order.
pub(super) fn of(fields: &[Node], rules: &[Rule]) -> Vec<Block> {
    let place = |name: &str| fields.iter().position(|node| node.name == name && !node.is_required);
    let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let mut members: Vec<usize> = rule.needed().into_iter().filter_map(place).collect();
        let mut told = vec![number];
        // Whatever shares a field with it is one group with it.
        groups.retain(|(others, rules)| {
            let shares = others.iter().any(|other| members.contains(other));
            if shares {
                members.extend(others);
                told.extend(rules);
            }
            !shares
        });
        members.sort_unstable();
        members.dedup();
        told.sort_unstable();
        groups.push((members, told));
    }
    groups.retain(|(members, _)| members.len() > 1);
    let mut blocks = Vec::new();
    for index in 0..fields.len() {
        match groups.iter().find(|(members, _)| members.contains(&index)) {
            None => blocks.push(Block::One(index)),
            Some((members, told)) if members.first() == Some(&index) => {
                blocks.push(Block::Together { fields: members.clone(), rules: told.clone() });
            }
            Some(_) => {}
        }
    }
    blocks
}
