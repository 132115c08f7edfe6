//! `cargo xtask start`: set up, build, run, and say where to look and what to type.

use crate::arguments::Arguments;
use crate::place::Profile;
use crate::stack::{Stack, StackConfig};
use crate::tools::{Tools, step};
use crate::{build, place};
use serde_json::Value;
use xtask::failure::{Because, Failure, Result};
use xtask::http;

pub const USAGE: &str = "start [--port 8080] [--processor-port 8081] [--database-url URL] [--fresh] [--api-only]";

pub fn start(given: &[String]) -> Result<()> {
    let arguments =
        Arguments::parse(given, &["--port", "--processor-port", "--database-url"], &["--fresh", "--api-only"])?;
    let plan = StackConfig {
        port: arguments.number("--port", 8080)?,
        processor_port: arguments.number("--processor-port", 8081)?,
        data: place::target().join("demo"),
        database_url: arguments.text("--database-url").map(str::to_owned),
        fresh: arguments.has("--fresh"),
        api_only: arguments.has("--api-only"),
        quiet: false,
        clock: None,
        more: Vec::new(),
        is_crowd: false,
        profile: Profile::Quick,
    };
    if plan.api_only {
        step("Looking at the tools");
        build::capture(&Tools::ready()?)?;
        build::servers(plan.profile)?;
    } else {
        build::everything(plan.profile)?;
    }
    step("Starting the processor and the billing API");
    let mut stack = Stack::open(&plan)?;
    println!("\n{}", welcome(&stack, &plan)?);
    stack.stay()
}

fn welcome(stack: &Stack, plan: &StackConfig) -> Result<String> {
    let members = http::fetch(&stack.authority, "/demo/members")
        .and_then(|answer| answer.json())
        .because("Asking for the demo members")?;
    let all = members.as_array().map(Vec::as_slice).unwrap_or_default();
    let member = all.iter().find(|member| owes_in_california(member)).or_else(|| all.first());
    let member = member.ok_or_else(|| Failure::new("The demo has no members."))?;
    let address = if plan.api_only {
        format!("The API is at http://{}. In another terminal: trunk serve", stack.authority)
    } else {
        format!("Open {}", stack.origin)
    };
    Ok(format!(
        "{address}\n\nPay once, as {}:\n{}\n{}\n{SANDBOX}\n\nMore people to be: {}/demo/members · their mail: /demo/mail · their bank: /demo/bank · the clock: /demo/clock\nThe sandbox processor is at http://{}. Ctrl-C stops both.",
        text(member, "name"),
        to_type(member),
        accounts(all),
        stack.origin,
        stack.processor_authority
    ))
}

/// Who can sign in, and who has no account yet.
fn accounts(members: &[Value]) -> String {
    let has_account = |member: &&Value| member["password"].is_string();
    let mut lines = String::new();
    if let Some(member) = members.iter().find(has_account) {
        lines.push_str(&format!("Sign in, as {}:\n", text(member, "name")));
        lines.push_str(&format!(
            "    {:21}{}\n    {:21}{}\n",
            "User ID",
            text(member, "email"),
            "Password",
            text(member, "password")
        ));
    }
    if let Some(member) = members.iter().find(|member| !has_account(member)) {
        lines.push_str(&format!(
            "\nRegister, as {}:\n{}    {:21}{}, or another one, which takes a code; link and code come to /demo/mail\n",
            text(member, "name"),
            to_type(member),
            "E-mail",
            text(member, "email")
        ));
    }
    lines
}

const SANDBOX: &str = "
    Card that pays       4242 4242 4242 4242, any later month, any code
    Card that is refused 4000 0000 0000 0002
    Bank that pays       routing 110000000, account 000123456789
    Bank that returns    routing 110000000, account 000111111116";

fn owes_in_california(member: &Value) -> bool {
    member["region"] == "CA" && member["open_bills"].as_array().is_some_and(|bills| !bills.is_empty())
}

/// The identifiers in the order and with the words of the page.
fn to_type(member: &Value) -> String {
    const FIELDS: [(&str, &str); 6] = [
        ("group", "Group"),
        ("subgroup", "Subgroup"),
        ("billgroup", "Billgroup"),
        ("billing_unit", "Billing unit ID"),
        ("zip", "ZIP code"),
        ("hrn", "Health record number"),
    ];
    let mut lines = format!("    {:21}{}\n", "Region", region_name(&text(member, "region")));
    for (key, label) in FIELDS {
        if let Some(value) = member["identifiers"][key].as_str() {
            lines.push_str(&format!("    {label:21}{value}\n"));
        }
    }
    lines
}

fn region_name(code: &str) -> &str {
    match code {
        "CA" => "California",
        "CO" => "Colorado",
        "GA" => "Georgia",
        "HI" => "Hawaii",
        "OR" => "Oregon",
        "WA" => "Washington",
        other => other,
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_set_of_identifiers_is_printed_in_the_pages_order() {
        let member = serde_json::json!({
            "region": "CA", "open_bills": [{}],
            "identifiers": {"hrn": "012345678", "group": "100245", "subgroup": "003", "billgroup": "0A1", "zip": "94612-3610"},
        });
        let printed = to_type(&member);
        let labels: Vec<_> = printed.lines().map(|line| line.trim().split("  ").next().unwrap()).collect();
        assert_eq!(labels, ["Region", "Group", "Subgroup", "Billgroup", "ZIP code", "Health record number 012345678"]);
        assert!(owes_in_california(&member));
    }

    #[test]
    fn whoever_has_an_account_is_offered_for_signing_in_and_another_for_registering() {
        let member = |name: &str, password: Option<&str>| {
            serde_json::json!({
                "name": name, "email": format!("{name}@example.org"), "password": password, "region": "CA",
                "identifiers": {"hrn": "012345678"},
            })
        };
        let printed = accounts(&[member("ana", Some("copper river")), member("mei", None)]);
        assert!(printed.contains(
            "Sign in, as ana:\n    User ID              ana@example.org\n    Password             copper river"
        ));
        assert!(printed.contains("Register, as mei:") && printed.contains("012345678"));
    }

    #[test]
    fn who_owes_nothing_is_not_offered() {
        assert!(!owes_in_california(&serde_json::json!({"region": "CA", "open_bills": []})));
    }
}
