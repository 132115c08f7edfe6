//! The proof of a tax year for an HSA, FSA or HRA: what counts, what does not and why, and its files. Year and person
//! are in the address, the person as a number.

mod lines;

use super::{Query, page, parts::chip, total::Total};
use crate::{
    api::Client,
    fetched::FileOffer,
    i18n::{Pick, Text, format, say, t},
    navigation::Navigation,
    route::Records,
    session::CurrentSession,
    ui::{Heading, Icon, Sign, download, dynamic, list, not_made},
};
use contract::payment::{ProofPack, ProofPerson};
use leptos::prelude::*;

/// Of this year.
#[component]
pub fn NewestProofPage() -> impl IntoView {
    let (head, pack, main) = proof(None);
    page(Records::Proof.into(), head, vec![pack.state()], main)
}

#[component]
pub fn ProofPage(year: String) -> impl IntoView {
    let (head, pack, main) = proof(Some(year_of(&year)));
    page(Records::Receipts(year).into(), head, vec![pack.state()], main)
}

fn proof(year: Option<i16>) -> (AnyView, Query<ProofPack>, AnyView) {
    let (navigation, session) = (Navigation::here(), CurrentSession::here());
    let person = Memo::new(move |_| person_of(&navigation.address_here()));
    let pack = Query::new(move |client| {
        let this = || format::date_at(session.server_now(), session.time_zone()).year();
        let (year, person) = (year.unwrap_or_else(this), person.get());
        async move { client.proof(year, person).await }
    });
    let head = view! { <Heading words=t(|w| w.account().proof.title)/> {chips(pack)} };
    let main = view! { {pack.show(8, sheets)} {where_to()} };
    (head.into_any(), pack, main.into_any())
}

/// What is no year is asked for as one that there is not: the server refuses it.
fn year_of(text: &str) -> i16 {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_year).unwrap_or(0)
}

fn person_of(address: &str) -> Option<u16> {
    let query = address.split('#').next()?.split_once('?')?.1;
    query.split('&').find_map(|part| part.strip_prefix("person="))?.parse().ok()
}

fn chips(pack: Query<ProofPack>) -> AnyView {
    let navigation = Navigation::here();
    let chosen = Memo::new(move |_| pack.of(|pack| Some((pack.year, pack.person))));
    let link = move |words: Text, to: Option<(i16, Option<u16>)>| {
        let href = move || {
            let (year, person) = to.unwrap_or_default();
            let query = person.map(|number| format!("?person={number}")).unwrap_or_default();
            navigation.href_with(Records::Receipts(format!("{year:04}")), &query)
        };
        chip(words, href, move || chosen.get() == to)
    };
    let years = Memo::new(move |_| pack.of(|pack| pack.years.clone()));
    let people = Memo::new(move |_| pack.of(|pack| pack.people.clone()));
    dynamic(move || {
        let Some((year, _)) = chosen.get() else { return ().into_any() };
        let years = list(years.get(), move |to| link(Text::stored(to.to_string()), Some((to, None))));
        let people = people.get();
        let people = (people.len() > 1).then(|| {
            let all = link(t(|w| w.account().bills.everyone), Some((year, None)));
            let each = list(people, move |one| link(Text::stored(one.name), Some((year, Some(one.number)))));
            view! { <div class="pay-row" role="group" aria-label=t(|w| w.account().bills.people)>{all}{each}</div> }
        });
        view! {
            <div class="pay-stack" data-print="no">
                <div class="pay-row" role="group" aria-label=t(|w| w.account().proof.year)>{years}</div>
                {people}
            </div>
        }
        .into_any()
    })
}

fn sheets(pack: ProofPack) -> AnyView {
    let (counted, left_out) = (lines::counted(&pack), lines::left_out(&pack));
    view! { {counts(&pack)} {counted} {left_out} }.into_any()
}

fn counts(pack: &ProofPack) -> AnyView {
    let (year, count, is_empty) = (pack.year, pack.counted.len(), pack.counted.is_empty());
    let title = say(
        move |w| {
            if is_empty { (w.account().proof.nothing)(year) } else { (w.account().proof.paid_for_care)(year) }
        },
    );
    let asked = pack.person;
    let of_each: Vec<ProofPerson> = pack
        .people
        .iter()
        .filter(|one| one.services > 0 && asked.is_none_or(|asked| asked == one.number))
        .cloned()
        .collect();
    let services = (!is_empty).then(|| {
        let said = say(move |w| {
            let sums = of_each.iter().map(|one| format!("{} {}", one.name, format::money(w.locale, one.counts)));
            format!("{}: {}", (w.account().proof.services)(count), sums.collect::<Vec<_>>().join(", "))
        });
        view! { <p class="pay-note">{said}</p> }
    });
    let total =
        Total { id: "counts".to_owned(), title, sum: pack.counts, pending: Default::default(), as_of: pack.as_of };
    let files = (!is_empty || !pack.left_out.is_empty()).then(|| files(pack));
    view! {
        <section class="pay-sheet" aria-labelledby="counts">
            <div class="pay-stack">{total.show(services.into_any(), ().into_any())}{files}</div>
        </section>
    }
    .into_any()
}

fn files(pack: &ProofPack) -> AnyView {
    let (year, person, all, in_one) = (pack.year, pack.person, pack.receipts, pack.receipts_in_zip);
    let offer = move |file: (&'static str, u32)| {
        let client = Client::here();
        client.clone().file(*say(move |w| client.proof_address(year, person, file, w.locale)))
    };
    let link = |file, class: &'static str, words: Text| {
        download(file, class, view! { <Icon sign=Sign::Download/><span>{words}</span> }.into_any())
    };
    let (pdf, csv) = (offer(("pdf", 1)), offer(("csv", 1)));
    let zips: Vec<FileOffer> = (1..=all.div_ceil(in_one.max(1))).map(|number| offer(("zip", number))).collect();
    let zip = zips.first().filter(|_| in_one == all).map(|zip| link(*zip, "pay-button", t(|w| w.account().proof.zip)));
    let all_files = [pdf, csv].into_iter().chain(zips.iter().copied()).collect();
    let note = if in_one == all {
        view! { <p class="pay-note" data-print="no">{say(move |w| (w.account().proof.in_zip)(all))}</p> }.into_any()
    } else {
        let part = move |(number, zip): (u32, FileOffer)| {
            let [from, to] = part_of(number, in_one, all);
            let words = say(move |w| (w.account().proof.zip_part)(from, to));
            view! { <li>{link(zip, "pay-link", words)}</li> }.into_any()
        };
        view! {
            <details class="pay-more" data-print="no">
                <summary>{say(move |w| (w.account().proof.zips)(all))}<Icon sign=Sign::Down/></summary>
                <ul class="pay-row">{list((1..).zip(zips), part)}</ul>
            </details>
        }
        .into_any()
    };
    view! {
        <p class="pay-row" data-print="no">
            {link(pdf, "pay-button pay-button--main", t(|w| w.account().proof.pdf))}
            {link(csv, "pay-button", Text::stored("CSV".to_owned()))}
            {zip}
        </p>
        {not_made(all_files)}
        {note}
    }
    .into_any()
}

/// The first and the last receipt of a zip file, of which the first is number 1, with so many in each.
fn part_of(number: u32, in_one: u32, all: u32) -> [u32; 2] {
    [(number - 1) * in_one + 1, (number * in_one).min(all)]
}

fn where_to() -> AnyView {
    let rows: [(&'static str, Pick, Pick); 3] = [
        ("HSA", |w| w.account().proof.hsa, |w| w.account().proof.hsa_note),
        ("FSA", |w| w.account().proof.fsa, |w| w.account().proof.fsa_note),
        ("HRA", |w| w.account().proof.hra, |w| w.account().proof.hra_note),
    ];
    let row = |(name, to, note): (&'static str, Pick, Pick)| {
        let name = Text::stored(name.to_owned());
        view! { <div><dt>{name}</dt><dd>{t(to)}<small>{t(note)}</small></dd></div> }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby="send" data-print="no">
            <div class="pay-stack">
                <h2 id="send">{t(|w| w.account().proof.send)}</h2>
                <dl class="pay-facts">{list(rows, row)}</dl>
                <p class="pay-note">{t(|w| w.account().proof.no_advice)}</p>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zip_files_of_a_year_have_all_its_receipts_between_them() {
        assert_eq!([1, 2, 37].map(|number| part_of(number, 100, 3_675)), [[1, 100], [101, 200], [3_601, 3_675]]);
    }

    #[test]
    fn a_year_has_four_digits_and_a_person_is_a_number() {
        assert_eq!(["2026", "1999", "20266", "+202", "year", ""].map(year_of), [2026, 1999, 0, 0, 0, 0]);
        for (address, person) in [
            ("/account/receipts/2026?person=7", Some(7)),
            ("/account/receipts/2026?person=Ana", None),
            ("/account/receipts/2026?person=70000", None),
            ("/account/receipts/2026#?person=7", None),
            ("/account/receipts/2026", None),
        ] {
            assert_eq!(person_of(address), person, "{address}");
        }
    }
}
