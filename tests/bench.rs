//! The benchmark measures something; how much is no test's business.

use std::process::Command;

use serde_json::Value;

use crate::support::service::compiler;

#[test]
fn the_benchmark_compares_a_component_with_its_own_source_in_one_run() {
    let output = Command::new(compiler())
        .args(["bench", "--json", "--rounds", "1", "--sends", "64"])
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    for measured in ["sandbox", "loopback_64", "service"] {
        for figure in [
            "/throughput_ratio_to_native",
            "/native/sends_per_second",
            "/native/cpu_us_per_send",
            "/component/sends_per_second",
            "/component/cpu_us_per_send",
        ] {
            let found = figures[measured].pointer(figure).and_then(Value::as_f64);
            assert!(found.is_some_and(|found| found > 0.0), "{measured}{figure}: {figures}");
        }
        assert!(figures[measured]["cpu_us_per_send_added"].is_number(), "{figures}");
    }
    assert!(figures["engine"].as_str().is_some_and(|engine| engine.starts_with("wasmtime 48.")), "{figures}");
    assert!(figures["machine"]["processors"].as_u64().is_some_and(|processors| processors > 0), "{figures}");
}
