//! `examples/demo.rs`: the same application as a process of its own, over the real API.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::Browser;
use crate::support::is_there;
use crate::support::process::address;
use crate::support::service::{ADMIN_KEY, Service, compiler, number};

struct Example(Child);

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Cargo builds the examples beside the binary when it tests everything.
fn built() -> PathBuf {
    compiler().with_file_name("examples").join("demo")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_signs_people_up_and_in_over_the_api() {
    let way = "cargo build --example demo";
    if !is_there(built().exists(), "the demo over the API", "the example as a program", way) {
        return;
    }
    let service = Service::start().await;
    let mut command = Command::new(built());
    command.env_clear().env("COUNTERSIGN_URL", &service.url).env("COUNTERSIGN_KEY", ADMIN_KEY);
    command.env("DEMO_LISTEN", "127.0.0.1:0").stdout(Stdio::piped());
    let mut example = Example(command.spawn().unwrap());
    let url = address(&mut example.0);
    let mut browser = Browser::at(&url);
    for (flow, told) in [("sign-up", "Your account is there"), ("sign-in", "You are signed in")] {
        browser.submit(&format!("/demo/development/{flow}"), &[("to", &number(1))]).await;
        let wrong = browser.submit("/demo/development/code", &[("code", "1")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("4 more tries"), "{}", wrong.text);
        let code = service.code_for(&number(1)).await;
        let page = browser.submit("/demo/development/code", &[("code", &code)]).await;
        assert!(page.text.contains(told), "{}", page.text);
        browser.submit("/demo/development/sign-out", &[]).await;
        service.clock.advance(std::time::Duration::from_secs(60));
    }
}
