//! The loop itself, with the stand-in of its own service.

use super::{Folder, Loop, TOKEN, command};

#[test]
fn what_is_saved_is_in_use_and_what_does_not_build_leaves_the_old_code_serving() {
    let folder = Folder::new();
    let mut dev = Loop::start(&folder, &[]);
    let first = dev.until("check ");
    for part in [
        "in use   acme@0.1.0+dev.",
        "sent     accepted: ",
        "> POST https://api.acme.example/v1/messages",
        "‹credential token›",
        "arrives  +14155550123 from +14155550100: ",
        "15 of 15 transcripts passed",
        "approved ",
    ] {
        assert!(first.contains(part), "{part}:\n{first}");
    }
    assert!(!first.contains("git does not ignore it"), "`dev.json` is ignored by git:\n{first}");

    folder.edit("src/lib.rs", "text: &message.text,", "text: &format!(\"{} Edited.\", message.text),");
    let second = dev.until("check ");
    assert!(
        second.contains("saved    src/lib.rs") && second.contains(" Edited.\"") && second.contains("in use "),
        "{second}"
    );
    assert!(!second.contains("15 of 15") && second.contains(" of 15 transcripts passed"), "they know it:\n{second}");
    let wrong = dev.until("         … and ");
    assert!(wrong.contains("FAIL ") && !wrong.contains("  ok "), "{wrong}");

    folder.edit("src/lib.rs", "fn reply(", "fn reply((");
    let broken = dev.until("serving ");
    assert!(
        broken.contains("FAILED   build") && broken.contains("error: ") && broken.contains("src/lib.rs:"),
        "{broken}"
    );
    assert!(!broken.contains("in use ") && broken.contains("still"), "{broken}");
    folder.edit("src/lib.rs", "fn reply((", "fn reply(");
    assert!(dev.until("check ").contains(" Edited.\""));

    folder.edit("connector.toml", "secrets = [\"api_token\"]", "secrets = [\"api_tokens\"]");
    let named = dev.until("serving ");
    assert!(named.contains("saved    connector.toml") && named.contains("api_tokens"), "{named}");

    let (code, said) = dev.interrupt();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains(TOKEN), "{said}");
}

#[test]
fn the_own_service_is_a_whole_one_whose_codes_arrive_in_its_inbox() {
    let folder = Folder::new();
    let mut dev = Loop::start(&folder, &[]);
    dev.until("check ");
    let word = |begins: &str| {
        let found = dev.said.iter().flat_map(|line| line.split_whitespace()).find(|word| word.starts_with(begins));
        found.unwrap_or_else(|| panic!("{}", dev.said.join("\n"))).to_owned()
    };
    let (inbox, key) = (word("http://127.0.0.1:"), word("cs_admin_"));
    let url = inbox.strip_suffix("/inbox").unwrap().to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (made, page) = runtime.block_on(async {
        let client = crate::support::service::client();
        let made = client.post(format!("{url}/v1/verifications")).bearer_auth(&key);
        let made = made.json(&serde_json::json!({"to": "+14155550199"})).send().await.unwrap();
        let page = client.get(&inbox).send().await.unwrap().text().await.unwrap();
        (made.json::<serde_json::Value>().await.unwrap(), page)
    });
    assert_eq!(made["delivery"]["connector"], "acme", "{made}");
    assert!(page.contains("+14155550199") && page.contains("taken by api.acme.example"), "{page}");
    assert!(!page.contains(TOKEN));
    assert_eq!(dev.interrupt().0, Some(0));
}

#[test]
fn interrupted_in_the_middle_of_a_build_it_leaves_no_process_behind() {
    let folder = Folder::new();
    // Beside the folder: a pipe, which is read as soon as the build has written to it.
    let pid = folder.dir.parent().unwrap().join("pid");
    assert!(std::process::Command::new("mkfifo").arg(&pid).status().unwrap().success());
    // A toolchain that starts another process, and never ends by itself.
    let build = "build = \"echo $$ > ../pid; tail -f /dev/null & wait\"\noutput = \"acme.wasm\"";
    folder.edit("connector.toml", "secrets = [\"api_token\"]", &format!("secrets = [\"api_token\"]\n{build}"));
    let mut dev = Loop::start(&folder, &[]);
    dev.until("building");
    let group = std::fs::read_to_string(&pid).unwrap().trim().to_owned();
    let (code, said) = dev.interrupt();
    assert_eq!(code, Some(0), "{said}");
    let left = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let stat = std::fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
        // After the name: state, parent, group. A zombie is nobody's burden.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        (fields.get(2) == Some(&group.as_str()) && fields.first() != Some(&"Z")).then_some(stat.clone())
    });
    assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn once_ends_as_the_check_does_and_tells_it_as_json() {
    let folder = Folder::new();
    let run = |more: &[&str]| {
        let output = command(&[&[folder.path(), "--once", "--json"], more].concat()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!said.contains(TOKEN) && !said.contains("cs_admin_"), "{said}");
        let round: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        (output.status.code(), round)
    };
    let (code, round) = run(&["--reply", "no-credit"]);
    assert_eq!(code, Some(0), "a refused test send is what was asked for: {round}");
    assert_eq!(round["test"]["failure"]["kind"], "insufficient-funds", "{round}");
    assert!(
        round["in_use_ms"].is_u64() && round["checked"]["passed"] == true && round["arrived"] == serde_json::json!([])
    );

    folder.edit("transcripts/no-credit.json", "insufficient-funds", "quota-exceeded");
    let (code, round) = run(&[]);
    assert_eq!((code, &round["test"]["status"]), (Some(1), &serde_json::json!("accepted")), "{round}");
    assert!(round["checked"]["text"].as_str().unwrap().contains("insufficient-funds"), "{round}");

    std::fs::write(folder.dir.join("dev.json"), format!("{{\"api_token\": \"{TOKEN}\", oops}}")).unwrap();
    let (code, round) = run(&[]);
    assert_eq!(code, Some(1));
    assert!(
        round["failed"]["step"] == "load" && round["failed"]["text"].as_str().unwrap().contains("line 1"),
        "{round}"
    );
}
