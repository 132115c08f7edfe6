//! Access control: who may make each call of the API, in one table, and that nobody reaches what is another's.
//!
//! Every call of the OpenAPI document has its line here, and is made by each of these people for something of Ana's.

use super::{
    closing::close,
    factors::{password, reauthenticated, with_app},
    household::pays_for,
};
use crate::test_app::{
    PAYS, Payer, TestApp, VISA,
    call::{Call, Response},
    new_account, new_key,
    seed::{ANA, MEI, Member, ON_FILE, RUTH},
};
use contract::{
    Identifier::{Billgroup, Group, Hrn, Subgroup, Zip},
    Identifiers,
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet};

/// * `yes`: let in. What the call then says of its body, or of a second attempt, is other cases' matter.
/// * `own`: let in, and sees nothing of Ana's.
/// * `sums`: let in, and sees of Ana's what is owed and until when (`household` checks what else not).
/// * `-`: `signed_out`, as without a session.
/// * `none`: `not_found`, as if there were no such thing.
/// * `again`: `password_needed`, until the password is typed once more.
///
/// Member and payer are Ana: the payer found her statement and has no account. Half in is another member, whose
/// password was right and whose second factor is asked for. The household member pays for Ana. Closed is one who kept a
/// session from before the account was closed. The calls are made in this order, and the one whose it is comes last.
const TABLE: &str = "
    call                                      nobody  half-in  closed  other-payer  other-member  household-member  payer  member

    GET /portal                               yes     yes      own     own          own           own               yes    yes
    POST /bill-lookups                        yes     yes      own     own          own           own               yes    yes
    GET /session                              yes     yes      own     own          own           own               yes    yes
    POST /session                             yes     yes      own     own          own           own               yes    yes
    POST /email-confirmations                 yes     yes      own     own          own           own               yes    yes
    POST /user-id-reminders                   yes     yes      own     own          own           own               yes    yes
    POST /password-resets                     yes     yes      own     own          own           own               yes    yes
    POST /password-resets/check               yes     yes      own     own          own           own               yes    yes
    PUT /password-resets                      yes     yes      own     own          own           own               yes    yes
    POST /receipt-links/open                  yes     yes      own     own          own           own               yes    yes
    POST /receipt-links/revoke                yes     yes      own     own          own           own               yes    yes
    GET /receipt-links/{id}/receipt.pdf       none    none     none    none         none          none              none   none

    POST /session/second-factor               -       yes      -       -            -             -                 -      -
    POST /session/passkey-challenges          -       none     -       -            -             -                 -      -

    PATCH /session                            -       -        -       own          own           own               yes    yes
    GET /bills                                -       -        -       own          own           own               yes    yes
    GET /bills/{id}                           -       -        -       none         none          none              yes    yes
    GET /mail-coupons                         -       -        -       own          own           own               yes    yes
    GET /payment-draft                        -       -        -       own          own           own               yes    yes
    PUT /payment-draft                        -       -        -       own          own           own               yes    yes
    DELETE /payment-draft                     -       -        -       own          own           own               yes    yes
    POST /payment-methods                     -       -        -       own          own           own               yes    yes
    GET /payments                             -       -        -       own          own           own               yes    yes
    GET /payments.csv                         -       -        -       own          own           own               yes    yes
    POST /payments.csv                        -       -        -       own          own           own               yes    yes
    POST /payments                            -       -        -       own          own           own               yes    yes
    POST /deposits                            -       -        -       own          own           own               yes    yes
    GET /payments/{id}                        -       -        -       none         none          none              none   yes
    GET /payments/{id}/receipt.pdf            -       -        -       none         none          none              none   yes
    GET /payments/{id}/receipt-links          -       -        -       none         none          none              none   yes
    POST /payments/{id}/receipt-links/revoke  -       -        -       none         none          none              none   yes
    POST /payments/{id}/receipt-emails        -       -        -       none         none          none              none   yes
    POST /registrations                       -       -        -       own          own           own               yes    yes
    PUT /registrations/{id}                   -       -        -       none         none          none              yes    none
    POST /registrations/{id}/account          -       -        -       none         none          none              yes    none
    POST /confirmation-emails                 -       -        -       own          own           own               yes    yes

    GET /account/overview                     -       -        -       -            own           own               -      yes
    GET /account/bills                        -       -        -       -            own           sums              -      yes
    GET /account/bills/{id}                   -       -        -       -            none          none              -      yes
    POST /account/bills/{id}/questions        -       -        -       -            none          none              -      yes
    GET /account/bills/{id}/statement.pdf     -       -        -       -            none          none              -      yes
    GET /profile                              -       -        -       -            own           own               -      yes
    PATCH /profile                            -       -        -       -            own           own               -      yes
    PUT /profile/password                     -       -        -       -            own           own               -      yes
    GET /authorisations                       -       -        -       -            own           own               -      yes
    GET /balance                              -       -        -       -            own           own               -      yes
    POST /balance/refunds                     -       -        -       -            own           own               -      yes
    PUT /balance/settings                     -       -        -       -            own           own               -      yes
    GET /payment-methods                      -       -        -       -            own           own               -      yes
    POST /payment-methods/saved               -       -        -       -            own           own               -      yes
    PUT /payment-methods/{id}                 -       -        -       -            none          none              -      yes
    PATCH /payment-methods/{id}               -       -        -       -            none          none              -      yes
    POST /payment-methods/{id}/verification   -       -        -       -            none          none              -      yes
    POST /payment-methods/{id}/verification/amounts -       -        -       -            none          none              -      yes
    DELETE /authorisations/{id}               -       -        -       -            none          none              -      yes
    DELETE /payment-methods/{id}              -       -        -       -            none          none              -      yes
    GET /receipts/{year}                      -       -        -       -            own           own               -      yes
    GET /receipts/{year}/proof.csv            -       -        -       -            own           own               -      yes
    GET /receipts/{year}/proof.pdf            -       -        -       -            own           own               -      yes
    GET /receipts/{year}/proof.zip            -       -        -       -            own           own               -      yes
    GET /spending                             -       -        -       -            own           own               -      yes
    PUT /profile/email                        -       -        -       -            own           own               -      yes
    DELETE /profile/email                     -       -        -       -            own           own               -      yes
    PUT /profile/paperless                    -       -        -       -            own           own               -      yes
    DELETE /profile/paperless                 -       -        -       -            own           own               -      yes
    GET /profile/paperless/sample.pdf         -       -        -       -            own           own               -      yes
    GET /notices                              -       -        -       -            own           own               -      yes
    PUT /notices                              -       -        -       -            own           own               -      yes
    PUT /notices/text-number                  -       -        -       -            own           own               -      yes
    POST /notices/text-number/confirmation    -       -        -       -            own           own               -      yes
    DELETE /notices/text-number               -       -        -       -            none          none              -      none
    GET /profile/closing                      -       -        -       -            own           own               -      yes
    GET /profile/data.zip                     -       -        -       -            own           own               -      yes
    POST /profile/closing                     -       -        -       -            own           own               -      yes
    POST /profile/email/link                  -       -        -       -            none          none              -      none
    GET /household                            -       -        -       -            own           own               -      yes
    POST /household                           -       -        -       -            own           own               -      yes
    DELETE /household/{id}                    -       -        -       -            none          own               -      yes
    GET /security                             -       -        -       -            own           own               -      yes
    PUT /session/reauthentication             -       -        -       -            own           own               -      yes
    POST /authenticator                       -       -        -       -            again         again             -      again
    PUT /authenticator                        -       -        -       -            again         again             -      again
    DELETE /authenticator                     -       -        -       -            again         again             -      again
    POST /passkey-challenges                  -       -        -       -            again         again             -      again
    POST /passkeys                            -       -        -       -            again         again             -      again
    DELETE /passkeys/{id}                     -       -        -       -            again         again             -      again
    POST /recovery-codes                      -       -        -       -            again         again             -      again
    DELETE /sessions/{id}                     -       -        -       -            none          none              -      yes
    POST /session/lapse                       yes     yes      own     own          own           own               yes    yes
    DELETE /sessions                          -       -        -       -            own           own               -      yes
    DELETE /session                           yes     yes      own     own          own           own               yes    yes
";

/// As many as the table has columns.
const PEOPLE: usize = 8;

/// What the people are let to see nothing of: Ana's.
struct Anas {
    payment: String,
    method: String,
    session: String,
    registration: String,
    authorisation: String,
    /// By which the household member pays for Ana.
    link: RefCell<String>,
}

struct People<'a> {
    app: &'a TestApp,
    anas: Anas,
    /// Found Ana's statement, and began to register with it.
    payer: Payer,
    /// The session of a member who has closed the account since.
    closed: Payer,
}

const CLOSED: &str = "closed@example.org";
const EMAILS: [&str; 4] = ["ana@example.org", "mei@example.org", "ruth@example.org", "household@example.org"];

/// Of Ana's region, with no bills: who pays for her.
const LEO: Member = Member {
    region: "CA",
    name: "Leo Marsh",
    identifiers: [(Group, "100245"), (Subgroup, "004"), (Billgroup, "0A1"), (Zip, "94612"), (Hrn, "000000077")],
};

async fn enrol(app: &TestApp, member: &Member) {
    let identifiers = Identifiers::of(member.identifiers).unwrap().comparison_key();
    let sql =
        "INSERT INTO membership (id, region, identifiers, ending, name, email) VALUES ($1, $2, $3, '077', $1, $4)";
    let insert = sqlx::query(sql).bind(member.name).bind(member.region).bind(identifiers).bind(ON_FILE);
    insert.execute(&app.state.store.write).await.unwrap();
}

impl<'a> People<'a> {
    async fn of(app: &'a TestApp) -> Self {
        app.register(&MEI, CLOSED).await;
        let closed = app.sign_in(CLOSED).await;
        close(app, &closed).await.is(204);
        enrol(app, &LEO).await;
        for (member, email) in [&ANA, &MEI, &RUTH, &LEO].into_iter().zip(EMAILS) {
            app.register(member, email).await;
        }
        with_app(app, &reauthenticated(app, EMAILS[2]).await).await;
        let ana = app.sign_in(EMAILS[0]).await;
        let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
        let token = app.to_keep(&app.bank(&ana, PAYS).await);
        let methods = app.ask(Call::post("/payment-methods/saved").by(&ana).json(&token)).await.is(200).json();
        let card = app.to_keep(&app.card(&ana, VISA).await);
        app.ask(Call::post("/payment-methods/saved").by(&ana).json(&card)).await.is(200);
        let given = app.ask(Call::get("/authorisations").by(&ana)).await.is(200).json();
        let security = app.ask(Call::get("/security").by(&ana)).await.json();
        let payer = app.look_up(&ANA).await;
        let begun = app.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let anas = Anas {
            payment: text(&paid["id"]),
            method: text(&methods["methods"][0]["id"]),
            session: text(&security["sessions"][0]["id"]),
            registration: text(&begun["id"]),
            authorisation: text(&given["standing"][0]["id"]),
            link: RefCell::default(),
        };
        Self { app, anas, payer, closed }
    }

    /// The session of one of the columns, made anew: a call may have ended the one before.
    async fn person(&self, column: usize) -> Option<Payer> {
        let app = self.app;
        Some(match column {
            0 => return None,
            1 => password(app, EMAILS[2]).await.0,
            2 => self.closed.clone(),
            3 => app.look_up(&MEI).await,
            4 => app.sign_in(EMAILS[1]).await,
            5 => self.household_member().await,
            6 => self.payer.clone(),
            _ => {
                self.household_member().await;
                app.sign_in(EMAILS[0]).await
            }
        })
    }

    /// Pays for Ana, also if that was ended by the call before.
    async fn household_member(&self) -> Payer {
        let payer = self.app.sign_in(EMAILS[3]).await;
        let link = pays_for(self.app, &payer, &ANA).await;
        *self.anas.link.borrow_mut() = link;
        payer
    }

    /// The address of something of Ana's.
    fn address(&self, path: &str) -> String {
        let link = self.anas.link.borrow();
        let id = match path.split('/').nth(1).unwrap() {
            "payments" | "receipt-links" => &self.anas.payment,
            "payment-methods" => &self.anas.method,
            "authorisations" => &self.anas.authorisation,
            "sessions" => &self.anas.session,
            "registrations" => &self.anas.registration,
            "household" => link.as_str(),
            _ => "surgery",
        };
        path.replace("{id}", id).replace("{year}", &self.app.state.today(ANA.region.parse().unwrap()).to_string()[..4])
    }

    async fn ask(&self, call: &str, person: Option<&Payer>) -> Response {
        let (method, path) = call.split_once(' ').unwrap();
        // Without a body nothing is said of whose it is.
        let body = match path {
            "/payment-methods/{id}" if method == "PATCH" => json!({ "nickname": "Household" }),
            "/payment-methods/{id}" if method == "PUT" => json!({ "token": "tok" }),
            "/payment-methods/{id}/verification/amounts" => json!({ "first": "0.10", "second": "0.11" }),
            "/account/bills/{id}/questions" => json!({ "line": 0, "text": "What is this?" }),
            "/payments/{id}/receipt-emails" => json!({ "email": EMAILS[0] }),
            "/registrations/{id}" => json!({ "city": "Oakland" }),
            "/registrations/{id}/account" => new_account(&ANA, EMAILS[0]),
            _ => Value::Null,
        };
        let asked = Call::write(method, &self.address(path)).key(&new_key());
        let asked = if body.is_null() { asked } else { asked.json(&body) };
        self.app.ask(person.into_iter().fold(asked, Call::by)).await
    }

    /// What a line of the table says of the answer.
    fn said(&self, column: usize, answer: &Response) -> &'static str {
        let is_anothers = matches!(column, 2..=5);
        let sees_sums = column == 5 && answer.text.contains("surgery");
        let bill = if sees_sums { "Leila Haddad" } else { "surgery" };
        let marks = [EMAILS[0], bill, &self.anas.payment, &self.anas.session];
        if is_anothers {
            let seen = marks.iter().find(|mark| answer.text.contains(**mark));
            assert_eq!(seen, None, "{}", answer.text);
        }
        match answer.json()["code"].as_str() {
            Some("signed_out") => "-",
            Some("not_found") => "none",
            Some("password_needed") => "again",
            _ if sees_sums => "sums",
            _ if is_anothers => "own",
            _ => "yes",
        }
    }
}

/// Method and path of a line of the table, as one text, and the rest of its columns.
fn line(line: &str) -> (String, Vec<&str>) {
    let mut columns = line.split_whitespace();
    let call = format!("{} {}", columns.next().unwrap(), columns.next().unwrap());
    (call, columns.collect())
}

#[tokio::test]
async fn every_call_of_the_api_lets_in_whom_the_table_says_and_nobody_reaches_what_is_anothers() {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let calls = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let calls: BTreeSet<String> = calls.collect();
    let lines = TABLE.lines().skip(2).filter(|line| !line.is_empty()).map(line);
    let table: Vec<(String, Vec<&str>)> = lines.collect();
    let named: BTreeSet<String> = table.iter().map(|(call, _)| call.clone()).collect();
    assert_eq!(named, calls, "the table has every call");

    let app = TestApp::open().await;
    let people = People::of(&app).await;
    let mut wrong = Vec::new();
    for (call, expected) in table {
        let mut found = Vec::new();
        for column in 0..PEOPLE {
            let person = people.person(column).await;
            found.push(people.said(column, &people.ask(&call, person.as_ref()).await));
        }
        if found != expected {
            wrong.push(format!("{call}: {found:?}, and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
