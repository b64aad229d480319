//! How the command line says it: exit codes for CI, text for people, JSON for programs, a table for comparisons.

use serde_json::{Value, json};

use super::{check, faulty, found, laid_out};

#[test]
fn a_component_that_passes_ends_with_zero_and_a_warning_only_if_it_is_not_denied() {
    let dir = tempfile::tempdir().unwrap();
    let file = laid_out(dir.path(), &faulty("code-in-url"));
    let file = file.to_str().unwrap();
    let (code, told, _) = check(&[file]);
    assert_eq!(code, 0, "{told}");
    for words in [
        "code-in-url@1.0.0\n",
        "  warn   the code stands in the URL of its GET",
        "no transcripts were played",
        "peak memory",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(told.lines().last(), Some("passed: 0 faults, 1 warning"));
    assert!(!told.contains("FAIL"), "{told}");
    assert_eq!(check(&[file, "--deny-warnings"]).0, 1);
}

#[test]
fn a_fault_ends_with_one_and_json_has_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = laid_out(dir.path(), &faulty("not-sent-after-reset"));
    std::fs::create_dir(dir.path().join("transcripts")).unwrap();
    // The outcome is as expected, and is the host's word: the author is told.
    let transcript = json!({
        "name": "a reset", "config": {"fault": "not-sent-after-reset"},
        "message": {"to": "+14155550123", "text": "Your code is 123456."},
        "exchanges": [{"request": {"method": "POST", "url": "https://api.example.com/send"}, "fault": "reset"}],
        "expect": {"failure": {"kind": "provider-unavailable", "certainty": "unknown"}},
    });
    std::fs::write(dir.path().join("transcripts/reset.json"), transcript.to_string()).unwrap();
    let (code, told, _) = check(&[file.to_str().unwrap(), "--json"]);
    let verdict: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (code, &verdict["passed"], &verdict["component"]),
        (1, &json!(false), &json!("not-sent-after-reset@1.0.0"))
    );
    assert!(found(&verdict).iter().any(|(_, check, level, _)| check == "reset" && level == "fault"), "{told}");
    let played = &verdict["transcripts"][0];
    assert!(played["passed"] == true && played["corrected"].as_str().unwrap().contains("said not-sent"), "{played}");
    assert!(
        verdict["fault_count"].as_u64() > Some(0) && verdict["figures"]["compile_ms"].as_u64() > Some(0),
        "{verdict}"
    );
}

#[test]
fn what_can_not_be_checked_ends_with_two_and_what_is_refused_with_one() {
    let dir = tempfile::tempdir().unwrap();
    let (code, told, complaint) = check(&["/nowhere/acme.wasm"]);
    assert!(code == 2 && told.is_empty() && complaint.contains("/nowhere/acme.wasm"), "{complaint}");
    // A folder whose build can't be run.
    let manifest = "id = 'x'\nname = 'X'\nversion = '1.0.0'\ncontract = '1.0.0'\nchannel = 'sms'\nsummary = 's'\nbuild = 'exit 3'\n";
    for (name, text) in [
        ("connector.toml", manifest),
        ("config.schema.json", "{\"type\": \"object\", \"examples\": [{}]}"),
        ("README.md", "x"),
    ] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let (code, _, complaint) = check(&[dir.path().to_str().unwrap()]);
    assert!(code == 2 && complaint.contains("exit 3"), "{complaint}");
    // A folder that is wrong before it is built is no failed build.
    std::fs::write(dir.path().join("connector.toml"), format!("{manifest}[limits]\nrequests = 100\n")).unwrap();
    let (code, told, _) = check(&[dir.path().to_str().unwrap()]);
    assert!(code == 1 && told.contains("FAIL   /limits/requests"), "{told}");
    let file = laid_out(dir.path(), b"no component");
    let (code, told, _) = check(&[file.to_str().unwrap()]);
    assert!(code == 1 && told.contains("FAIL   it is not a WebAssembly component"), "{told}");
    assert_eq!(check(&["a", "b", "c"]).0, 64, "two folders of transcripts");
    assert_eq!(check(&["a", "--nonsense"]).0, 64);
}

#[test]
fn a_table_has_a_row_for_each_component_and_ends_as_the_worst_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let (good, bad) = (dir.path().join("good"), dir.path().join("bad"));
    std::fs::create_dir_all(&good).unwrap();
    std::fs::create_dir_all(&bad).unwrap();
    let (good, bad) = (laid_out(&good, &faulty("code-in-url")), laid_out(&bad, &faulty("traps")));
    let (code, told, _) = check(&["--table", good.to_str().unwrap(), bad.to_str().unwrap()]);
    let rows: Vec<&str> = told.lines().collect();
    assert_eq!((code, rows.len()), (1, 4), "{told}");
    assert!(rows[0].starts_with("| component | size | compile ms |") && rows[1].starts_with("|---"), "{told}");
    let cells: Vec<&str> = rows[2].split('|').map(str::trim).collect();
    assert!(cells[1] == "code-in-url@1.0.0" && cells[2].ends_with("KB") && cells[7] == "passed", "{told}");
    assert!(cells[3..7].iter().all(|figure| figure.parse::<u64>().is_ok()), "{told}");
    assert!(rows[3].starts_with("| traps@1.0.0 |") && rows[3].ends_with("| failed |"), "{told}");
    assert_eq!(check(&["--table", good.to_str().unwrap(), "/nowhere.wasm"]).0, 2);
}
