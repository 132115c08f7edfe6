//! People with a session: a payer who found a bill, a member who registered and signed in.

use super::{
    PASSWORD, Payer, TestApp,
    call::{Call, Response},
    cookie,
    seed::{self, Member},
};
use serde_json::{Value, json};

impl TestApp {
    pub async fn look_up(&self, member: &'static Member) -> Payer {
        let found = self.ask(Call::post("/bill-lookups").json(&member.lookup())).await;
        let view = found.is(201).json();
        Payer {
            cookie: cookie(&found),
            binding: view["capture_binding"].as_str().unwrap().to_owned(),
            region: member.region.parse().unwrap(),
            name: member.name,
        }
    }

    /// Asks for an account with a statement, up to the e-mails: nothing is confirmed.
    pub async fn apply(&self, member: &'static Member, email: &str) -> Payer {
        let payer = self.look_up(member).await;
        let begun = self.ask(Call::post("/registrations").by(&payer)).await;
        let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
        let account = new_account(member, email);
        self.ask(Call::post(&format!("/registrations/{id}/account")).by(&payer).json(&account)).await.is(202);
        self.jobs().await;
        payer
    }

    /// Registers, as somebody who reads the e-mails to the new address and to the one on file.
    pub async fn register(&self, member: &'static Member, email: &str) -> Payer {
        let payer = self.apply(member, email).await;
        self.confirm(&self.link(email).await, &self.code().await).await.is(204);
        payer
    }

    pub async fn confirm(&self, token: &str, code: &str) -> Response {
        let body = json!({ "token": token, "password": PASSWORD, "code": code });
        self.ask(Call::post("/email-confirmations").json(&body)).await
    }

    /// The newest code that went to the address on file; empty if none did.
    pub async fn code(&self) -> String {
        let emails = self.state.store.emails(50).await.unwrap();
        let mut lines = emails.iter().filter(|email| email.to.to_string() == seed::ON_FILE);
        let code = lines.find_map(|email| email.text.lines().find(|line| line.len() == 11 && line.contains('-')));
        code.unwrap_or_default().to_owned()
    }

    /// A member who signs in with the tests' password.
    pub async fn sign_in(&self, email: &str) -> Payer {
        self.sign_in_with(email, PASSWORD, None).await
    }

    pub async fn sign_in_with(&self, email: &str, password: &str, before: Option<&Payer>) -> Payer {
        let call = Call::post("/session").json(&json!({ "user_id": email, "password": password }));
        let answer = self.ask(before.into_iter().fold(call, Call::by)).await;
        let view = answer.is(200).json();
        Payer {
            cookie: cookie(&answer),
            binding: view["capture_binding"].as_str().unwrap().to_owned(),
            region: view["membership"]["region"].as_str().unwrap().parse().unwrap(),
            name: "Ana O’Neill",
        }
    }

    /// The secret of the link in the newest e-mail to an address.
    pub async fn link(&self, to: &str) -> String {
        let emails = self.state.store.emails(50).await.unwrap();
        let email = emails.iter().find(|email| email.to.to_string() == to && email.text.contains('#'));
        let text = &email.expect("an e-mail with a link").text;
        text.split('#').nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    }
}

pub fn new_account(member: &Member, email: &str) -> Value {
    let zip = member.identifiers.iter().find(|(name, _)| *name == contract::Identifier::Zip).unwrap().1;
    json!({
        "terms_version": 1, "first_name": "Ana", "last_name": "O’Neill", "email": email, "phone": "+15105550134",
        "address": { "line1": "1 Harbor Street", "line2": null, "city": "Oakland", "state": "CA", "zip": zip },
        "locale": "en", "password": PASSWORD,
    })
}
