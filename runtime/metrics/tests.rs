use super::*;

#[test]
fn a_hundred_thousand_names_take_the_room_of_ten_thousand() {
    let metrics = Metrics::default();
    for n in 0..100_000_u32 {
        // As if a caller could make connectors: he can't.
        metrics.failed_over("production", &format!("connector-{n}"), "refused");
    }
    assert_eq!(metrics.failovers.len(), SERIES_MAX + 1);
    let rest = Whose::connector_of("_overflow", "_overflow");
    assert_eq!(metrics.failovers.at(rest, Failover { after: "refused" }).get(), 100_000 - SERIES_MAX as u64);
}

#[test]
fn what_is_deleted_leaves_no_series_behind() {
    let metrics = Metrics::default();
    for (environment, connector) in [("a", "one"), ("a", "two"), ("b", "one")] {
        metrics.code_used(environment, connector, Some("DE"));
        metrics.checked(environment, "wrong");
    }
    metrics.retain("a", |connector| connector == "two");
    assert_eq!((metrics.codes_used.len(), metrics.checks.len()), (2, 2), "checks are of no connector");
    metrics.forget("a");
    assert_eq!((metrics.codes_used.len(), metrics.checks.len()), (1, 1));
    assert_eq!(metrics.codes_used.at(Whose::connector_of("b", "one").to(Some("DE")), Nothing).get(), 1);
}
