//! The proof of a tax year for a reimbursement account: what counts in it, its sums, and its files. A year is told by
//! the day of service, so the days are set by the case.

use crate::test_app::{
    PAYS, Payer, RETURNS, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use contract::{
    Date, Locale,
    payment::{ProofLine, ProofPack},
};
use serde_json::{Value, json};
use server::billing::{proofs, receipt_pdf};
use sqlx::AssertSqlSafe;
use std::io::Read;

const ANAS: &str = "ana@example.org";

/// A child's surgery of last year and this, and a premium; the year, which is the member's own.
async fn household() -> (TestApp, Payer, i16) {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = app.sign_in(ANAS).await;
    let year = app.state.today(member.region).year();
    for sql in [
        format!("UPDATE bill_line SET service_date = '{year}-01-01'"),
        format!("UPDATE bill_line SET service_date = '{}-12-31' WHERE bill = 'surgery' AND position = 0", year - 1),
        "UPDATE bill SET kind = 'hospital', patient = 'Mateo, \"=1+1\"' WHERE id = 'surgery'".to_owned(),
        "UPDATE bill SET kind = 'premium' WHERE id = 'cents'".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&app.state.store.write).await.unwrap();
    }
    (app, member, year)
}

async fn pack(app: &TestApp, member: &Payer, query: &str) -> Value {
    app.ask(Call::get(&format!("/receipts/{query}")).by(member)).await.is(200).json()
}

/// Of each line its description's amount and why it does not count.
fn in_short(lines: &Value) -> Vec<(&str, &str)> {
    let lines = lines.as_array().unwrap().iter();
    lines.map(|line| (line["paid"].as_str().unwrap(), line["why"].as_str().unwrap_or("counts"))).collect()
}

async fn by_bank(app: &TestApp, member: &Payer, account: &str, shares: &[(&str, &str)]) {
    let token = app.bank(member, account).await;
    let order = app.order(member, &token, shares).await;
    app.pay(member, &new_key(), &order).await.is_payment(201, "processing");
}

#[tokio::test]
async fn care_of_the_year_that_is_paid_counts_by_person_and_a_premium_or_another_year_s_care_is_left_out() {
    let (app, member, year) = household().await;
    app.pay_by_card(&member, &[("visit", "64.10"), ("surgery", "750.00")]).await.is_payment(201, "paid");
    app.pay_by_card(&member, &[("cents", "0.50")]).await.is_payment(201, "paid");
    let now = pack(&app, &member, &year.to_string()).await;
    assert_eq!((&now["counts"], &now["does_not_count"]), (&json!("114.10"), &json!("700.50")), "{now}");
    let mut counted = in_short(&now["counted"]);
    counted.sort_unstable();
    assert_eq!(counted, [("14.10", "counts"), ("25.00", "counts"), ("25.00", "counts"), ("50.00", "counts")]);
    assert_eq!(in_short(&now["left_out"]), [("700.00", "other_year"), ("0.50", "premium")]);
    let people: Vec<_> = now["people"].as_array().unwrap().iter().collect();
    let of = |name: &str| people.iter().find(|person| person["name"] == name).unwrap();
    let mateo = of("Mateo, \"=1+1\"");
    assert_eq!((&of(ANA.name)["counts"], &of(ANA.name)["services"]), (&json!("64.10"), &json!(3)));
    assert_eq!((&mateo["counts"], &mateo["services"], people.len()), (&json!("50.00"), &json!(1), 2));
    // A part of a service is what counts, and the five fields say of what.
    let part = now["counted"].as_array().unwrap().iter().find(|line| line["paid"] == "50.00").unwrap();
    let five = ["date_of_service", "patient", "provider", "description", "after_insurance"].map(|field| &part[field]);
    let expected = [&format!("{year}-01-01"), "Mateo, \"=1+1\"", "Leila Haddad, MD", "Office visit", "450.00"];
    assert_eq!(five.map(|field| field.as_str().unwrap()), expected);

    let before = pack(&app, &member, &(year - 1).to_string()).await;
    assert_eq!((&before["counts"], &before["does_not_count"]), (&json!("700.00"), &json!("0.00")));
    assert_eq!(in_short(&before["left_out"]), []);
    assert_eq!(now["years"], json!([year, year - 1]));

    let one = pack(&app, &member, &format!("{year}?person={}", mateo["number"])).await;
    assert_eq!((&one["counts"], &one["does_not_count"]), (&json!("50.00"), &json!("700.00")));
    assert_eq!(one["people"], now["people"], "the others can still be chosen");
    let number = people.iter().map(|person| person["number"].as_u64().unwrap()).max().unwrap();
    let nobody = pack(&app, &member, &format!("{year}?person={}", if number == 65_535 { 0 } else { number + 1 })).await;
    if people.iter().all(|person| person["number"] != nobody["person"]) {
        assert_eq!((in_short(&nobody["counted"]), in_short(&nobody["left_out"])), (vec![], vec![]));
    }
    app.assert_books_balance().await;
}

#[tokio::test]
async fn what_is_on_its_way_was_returned_or_was_refunded_does_not_count_and_says_so() {
    let (app, member, year) = household().await;
    by_bank(&app, &member, RETURNS, &[("visit", "25.00")]).await;
    let lines = pack(&app, &member, &year.to_string()).await;
    assert_eq!(in_short(&lines["left_out"]), [("25.00", "on_its_way")]);
    app.move_clock(14 * 86_400).await;
    app.recover().await;
    let member = app.sign_in(ANAS).await;
    let paid = app.pay_by_card(&member, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let lines = pack(&app, &member, &year.to_string()).await;
    assert_eq!(in_short(&lines["left_out"]), [("25.00", "went_back")]);
    assert!(lines["left_out"][0]["came_back_on"].is_string(), "{lines}");
    assert_eq!((&lines["counts"], &lines["does_not_count"]), (&json!("64.10"), &json!("0.00")));
    app.becomes(paid["id"].as_str().unwrap(), "refunded").await;
    app.round().await;
    app.round().await;
    let lines = pack(&app, &member, &year.to_string()).await;
    assert_eq!(
        (&lines["counts"], in_short(&lines["counted"])),
        (&json!("0.00"), vec![]),
        "it counted, and was given back"
    );
    assert_eq!(in_short(&lines["left_out"]).iter().filter(|(_, why)| *why == "went_back").count(), 4);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_payment_of_december_that_went_back_in_january_is_of_the_year_of_its_service() {
    let (app, member, year) = household().await;
    by_bank(&app, &member, RETURNS, &[("surgery", "25.00")]).await;
    let december = Date::new(year - 1, 12, 20).unwrap().days() * 86_400_000;
    for sql in [
        format!("UPDATE payment SET created_at = {december}, state = 'returned'"),
        format!("UPDATE payment_event SET at = {december}"),
        format!("INSERT INTO payment_event SELECT id, 9, 'returned', {december} + 20 * 86400000 FROM payment"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&app.state.store.write).await.unwrap();
    }
    assert_eq!(in_short(&pack(&app, &member, &year.to_string()).await["left_out"]), []);
    let before = pack(&app, &member, &(year - 1).to_string()).await;
    assert_eq!(in_short(&before["left_out"]), [("25.00", "went_back")]);
    assert_eq!(before["left_out"][0]["came_back_on"], format!("{year}-01-08"));
}

#[tokio::test]
async fn money_that_came_after_somebody_else_had_paid_is_credit_and_no_expense() {
    let (app, member, year) = household().await;
    let first = app.pay_by_card(&member, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let first = first["id"].as_str().unwrap();
    app.becomes(first, "returned").await;
    app.round().await;
    app.pay_by_card(&member, &[("visit", "50.00")]).await.is_payment(201, "paid");
    app.becomes(first, "paid").await;
    app.round().await;
    assert_eq!(pack(&app, &member, &year.to_string()).await["counts"], "50.00");
}

#[tokio::test]
async fn csv_pdf_and_zip_say_the_sums_of_the_page_and_no_cell_is_a_formula() {
    let (app, member, year) = household().await;
    by_bank(&app, &member, PAYS, &[("surgery", "700.00")]).await;
    app.state.clock.move_on(11 * 60_000);
    app.pay_by_card(&member, &[("visit", "64.10"), ("surgery", "50.00")]).await.is_payment(201, "paid");
    app.pay_by_card(&member, &[("cents", "0.50")]).await.is_payment(201, "paid");
    let shown: ProofPack = serde_json::from_value(pack(&app, &member, &year.to_string()).await).unwrap();
    let file = async |path: &str| app.ask(Call::get(&format!("/receipts/{year}/{path}")).by(&member)).await;
    let csv = file("proof.csv").await;
    assert_eq!(csv.is(200).header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"proof-{year}.csv\""));
    let rows: Vec<&str> = csv.text.lines().collect();
    assert_eq!(
        rows[0],
        "\u{feff}date_of_service,patient,provider,description,after_insurance,amount,paid,counts,why_not,state,hsa_fsa_card,receipt,paid_on"
    );
    assert_eq!(rows.len(), 1 + shown.counted.len() + shown.left_out.len());
    let quoted = format!(
        "{year}-01-01,\"Mateo, \"\"=1+1\"\"\",\"Leila Haddad, MD\",Office visit,450.00,50.00,50.00,50.00,,paid,no,"
    );
    assert!(rows.iter().any(|row| row.starts_with(&quoted)), "{}", csv.text);
    for words in [",0.50,0.50,0.50,0.00,premium,paid,no,", ",700.00,700.00,0.00,0.00,on_its_way,processing,no,"] {
        assert!(rows.iter().any(|row| row.contains(words)), "{words}: {}", csv.text);
    }
    let by_card = ProofPack {
        counted: shown.counted.iter().cloned().map(|line| ProofLine { is_by_health_account: true, ..line }).collect(),
        ..shown.clone()
    };
    assert_eq!(proofs::csv(&by_card).matches(",paid,yes,").count(), shown.counted.len(), "claimed already");
    let formula = ProofPack {
        counted: shown.counted.iter().cloned().map(|line| ProofLine { patient: "=1+1".into(), ..line }).collect(),
        ..shown.clone()
    };
    assert!(proofs::csv(&formula).contains(",'=1+1,"), "a name is never a formula");

    for (locale, words) in [
        (
            Locale::En,
            [
                "Counts $114.10",
                "Paid, and does not count $0.50",
                "Ana O’Neill · $64.10",
                "What does not count, and why",
                "A premium: a health FSA never pays one",
                "On its way: it counts once it is paid.",
            ],
        ),
        (
            Locale::Es,
            [
                "Cuenta $114.10",
                "Pagado, y no cuenta $0.50",
                "Ana O’Neill · $64.10",
                "Lo que no cuenta, y por qué",
                "Una prima: una FSA nunca la paga",
                "En camino: cuenta cuando se haya pagado.",
            ],
        ),
    ] {
        let drawn = receipt_pdf::proof(&shown, &app.state.portal, "America/Los_Angeles", locale).unwrap();
        let text = pdf_extract::extract_text_from_mem(&drawn).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        for wanted in words {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
    }
    let pdf = file("proof.pdf?locale=es").await;
    assert_eq!((pdf.is(200).header("content-type"), &pdf.text[..4]), ("application/pdf", "%PDF"));

    let zip = file("proof.zip").await;
    assert_eq!(zip.is(200).header("content-type"), "application/zip");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&zip.bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names.len(), 3, "the one receipt of what counts: {names:?}");
    let mut inside = Vec::new();
    zip.by_name(&format!("proof-{year}.csv")).unwrap().read_to_end(&mut inside).unwrap();
    assert_eq!(String::from_utf8(inside).unwrap(), csv.text);
    let reference = &shown.counted[0].reference;
    for name in [format!("proof-{year}.pdf"), format!("receipts/receipt-{reference}.pdf")] {
        let mut inside = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut inside).unwrap();
        let text = pdf_extract::extract_text_from_mem(&inside).unwrap();
        assert!(text.contains(reference), "{name}");
    }
    assert_eq!((shown.receipts, shown.receipts_in_zip), (1, 1));
    file("proof.zip?part=1").await.is(200);
    file("proof.zip?part=2").await.is_refused(404, "not_found");
    file("proof.zip?part=0").await.is_refused(400, "malformed");
    file("proof.zip?part=-1").await.is_refused(400, "malformed");
}

#[tokio::test]
async fn a_proof_is_the_member_s_own_and_a_year_that_is_none_is_refused() {
    let (app, member, year) = household().await;
    app.pay_by_card(&member, &[("visit", "64.10")]).await.is_payment(201, "paid");
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    let other = pack(&app, &mei, &year.to_string()).await;
    assert_eq!((&other["counts"], &other["people"], &other["receipts"]), (&json!("0.00"), &json!([]), &json!(0)));
    let payer = app.look_up(&ANA).await;
    for file in ["", "/proof.csv", "/proof.pdf", "/proof.zip"] {
        let path = format!("/receipts/{year}{file}");
        app.ask(Call::get(&path).by(&payer)).await.is_refused(401, "signed_out");
        app.ask(Call::get(&path)).await.is_refused(401, "signed_out");
        for none in [(year + 1).to_string(), "1899".into(), "0000".into(), "20266".into(), "-200".into(), "year".into()]
        {
            app.ask(Call::get(&format!("/receipts/{none}{file}")).by(&member)).await.is_refused(404, "not_found");
        }
        for wrong in ["person=-1", "person=ana", "name=ana", "locale=fr", "person=65536"] {
            app.ask(Call::get(&format!("{path}?{wrong}")).by(&member)).await.is_refused(400, "malformed");
        }
    }
    app.ask(Call::get("/spending").by(&payer)).await.is_refused(401, "signed_out");
    app.ask(Call::get("/spending")).await.is_refused(401, "signed_out");
}
