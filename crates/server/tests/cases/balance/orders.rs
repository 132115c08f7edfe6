//! An order that the balance and another method pay is told as one, with its sum and both parts, wherever it is told
//! of; and each line of a payment says what the charge is after insurance, whatever was paid on it before.

use super::*;

impl TestApp {
    async fn ordered(&self, payer: &Payer, token: &str) -> Response {
        let order = self.order_from_balance(payer, token, &[("surgery", "100.00")], "65.00").await;
        self.pay(payer, &new_key(), &order).await
    }

    async fn printed(&self, payer: &Payer, id: &str) -> String {
        let file = self.ask(Call::get(&format!("/payments/{id}/receipt.pdf")).by(payer)).await;
        pdf_extract::extract_text_from_mem(&file.is(200).bytes).unwrap()
    }

    async fn newest_email(&self) -> String {
        self.state.store.emails(1).await.unwrap().remove(0).text
    }

    async fn found(&self, payer: &Payer, text: &str) -> Vec<String> {
        let history = self.ask(Call::get(&format!("/payments?q={text}")).by(payer)).await.is(200).json();
        let rows = history["payments"].as_array().unwrap().iter();
        rows.map(|row| row["charged"].as_str().unwrap().to_owned()).collect()
    }
}

fn names(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
}

#[tokio::test]
async fn an_order_of_two_parts_is_told_with_its_sum_and_each_part_on_both_receipts_in_the_e_mail_and_the_history() {
    let app = TestApp::open().await;
    let ana = app.ana_with("65.00").await;
    let paid = app.ordered(&ana, &app.card(&ana, VISA).await).await.is_payment(201, "paid").json();
    let other = &paid["other_part"];
    assert_eq!(
        (&paid["charged"], &other["charged"], &other["state"]),
        (&json!("35.00"), &json!("65.00"), &json!("paid"))
    );
    let id = other["payment"].as_str().unwrap();
    let part = app.ask(Call::get(&format!("/payments/{id}")).by(&ana)).await.is(200).json();
    assert_eq!((&part["charged"], &part["other_part"]["charged"]), (&json!("65.00"), &json!("35.00")));
    assert_eq!(part["other_part"]["payment"], paid["id"]);
    let references = [&paid["reference"], &part["reference"]].map(|value| value.as_str().unwrap());
    let parts = ["$100.00", "$65.00. Paid.", "$35.00. Paid.", references[0], references[1]];
    for id in [paid["id"].as_str().unwrap(), id] {
        names(&app.printed(&ana, id).await, &parts);
    }
    let email = app.newest_email().await;
    names(&email, &parts);
    names(&email, &["Your payment of $100.00 is paid.", "Balance of your account", "Visa card ending in 4242"]);
    let history = app.ask(Call::get("/payments").by(&ana)).await.is(200).json();
    let rows = history["payments"].as_array().unwrap().iter();
    let mut others: Vec<_> = rows.filter_map(|row| row["other_part"]["charged"].as_str()).collect();
    others.sort_unstable();
    assert_eq!(others, ["35.00", "65.00"], "each row names the other");
    assert_eq!(app.found(&ana, "100.00").await.len(), 2, "by the sum of the order");
    assert_eq!(app.found(&ana, "35.00").await, ["35.00"]);
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn of_an_order_whose_card_is_declined_the_balance_s_part_is_said_to_be_in_the_balance_again() {
    let app = TestApp::open().await;
    let ana = app.ana_with("65.00").await;
    let failed = app.ordered(&ana, &app.card(&ana, DECLINED).await).await.is_payment(201, "failed").json();
    let id = failed["id"].as_str().unwrap();
    names(
        &app.printed(&ana, id).await,
        &["$100.00", "$65.00. Not used: it is in your balance again.", "$35.00. Failed"],
    );
    assert_eq!(app.balance(&ana).await["balance"], "65.00");
}

#[tokio::test]
async fn of_an_order_whose_bank_has_not_paid_what_is_sent_to_the_bank_is_its_part_alone() {
    let app = TestApp::open().await;
    let ana = app.ana_with("65.00").await;
    app.ordered(&ana, &app.bank(&ana, PAYS).await).await.is_payment(201, "processing");
    names(
        &app.newest_email().await,
        &["We sent your payment of $35.00 to your bank.", "$100.00", "$65.00. Paid.", "$35.00. Processing"],
    );
}

#[tokio::test]
async fn each_payment_on_a_charge_says_what_the_charge_is_after_insurance_whatever_was_paid_before() {
    let app = TestApp::open().await;
    let ana = app.ana_with("65.00").await;
    app.pay_by_card(&ana, &[("surgery", "10.00")]).await.is_payment(201, "paid");
    let mut order = app.order_from_balance(&ana, &app.card(&ana, VISA).await, &[("surgery", "100.00")], "65.00").await;
    order["pay_again"] = true.into();
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    let history = app.ask(Call::get("/payments").by(&ana)).await.is(200).json();
    let mut paid = Vec::new();
    for row in history["payments"].as_array().unwrap().iter().filter(|row| row.get("deposit").is_none()) {
        let id = row["id"].as_str().unwrap();
        let receipt = app.ask(Call::get(&format!("/payments/{id}")).by(&ana)).await.is(200).json();
        let lines = receipt["shares"][0]["lines"].as_array().unwrap().clone();
        assert_eq!(lines.iter().map(|line| &line["after_insurance"]).collect::<Vec<_>>(), ["700.00"]);
        names(&app.printed(&ana, id).await, &["$700.00"]);
        paid.push(lines[0]["paid"].as_str().unwrap().to_owned());
    }
    paid.sort_unstable();
    assert_eq!(paid, ["10.00", "35.00", "65.00"]);
    let proof = app.ask(Call::get("/receipts/2026").by(&ana)).await.is(200).json();
    let counted = proof["counted"].as_array().unwrap();
    assert_eq!(counted.iter().map(|line| &line["after_insurance"]).collect::<Vec<_>>(), ["700.00"; 3]);
    let csv = app.ask(Call::get("/receipts/2026/proof.csv").by(&ana)).await.is(200).text.clone();
    assert_eq!(csv.matches(",700.00,").count(), 3, "{csv}");
}
