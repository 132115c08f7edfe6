//! The payment history: every payment of the membership, filtered, grouped by month, and loaded a page at a time or
//! whole, so that the browser's own search finds everything.

mod filter;
mod spending;

use super::{Query, heading, page, payments::payment_row};
use crate::{
    api::{A_PAGE, Client, MOST_A_PAGE},
    browser,
    i18n::{Pick, format, say, t},
    navigation::{Navigation, href},
    route::{Account, Records},
    ui::{Icon, Notice, NoticeKind, Sign, Waiting, dynamic, list},
};
use contract::{
    Date,
    payment::{PaymentPage, PaymentSummary},
};
use filter::{Draft, Filter};
use leptos::{html, prelude::*, task::spawn_local};

/// What is asked for: the filter, which the address holds, and a text, which it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    query: String,
    text: String,
}

#[component]
pub fn HistoryPage() -> impl IntoView {
    let (navigation, draft, text) = (Navigation::here(), Draft::new(), RwSignal::new(String::new()));
    let filter = Memo::new(move |_| Filter::of_address(&navigation.address_here()));
    browser::effect(move |_| filter.with(|filter| draft.show(filter)));
    let asked = Memo::new(move |_| Asked { query: filter.with(Filter::query), text: text.get() });
    let payments = Query::new(move |client| {
        let asked = asked.get();
        async move { client.payments(&asked.query, &asked.text, A_PAGE, None).await.map(|page| (asked, page)) }
    });
    let spent = Query::new(|client| async move { client.spending().await });
    let head = heading(t(|w| w.account().history.title), t(|w| w.account().history.lead));
    let main = view! { {spent.show(6, spending::spending)} {form(filter, draft, text)} {payments.show(8, move |(of, page)| listed(asked, of, page))} };
    page(Account::History.into(), head, vec![payments.state(), spent.state()], main.into_any())
}

/// A text is not in the address of the file either: the browser keeps that.
fn csv_link(asked: Memo<Asked>) -> AnyView {
    let client = Client::here();
    let address = Signal::derive(move || asked.with(|asked| client.csv_address(&asked.query)));
    let note = dynamic(move || {
        let has_text = asked.with(|asked| !asked.text.is_empty());
        has_text
            .then(|| view! { <span class="pay-note">{t(|w| w.account().history.csv_without_text)}</span> })
            .into_any()
    });
    view! {
        <p class="pay-row" data-print="no">
            <a class="pay-link" href=address download="" rel="external">
                <Icon sign=Sign::Download/>{t(|w| w.account().history.csv)}
            </a>
            {note}
            <a class="pay-link" href=href(Records::Proof)>
                <Icon sign=Sign::Folder/>{t(|w| w.account().overview.proof)}
            </a>
        </p>
    }
    .into_any()
}

/// Folded on a phone, where it would fill the first screen; its summary says what is filtered.
fn form(filter: Memo<Filter>, draft: Draft, text: RwSignal<String>) -> AnyView {
    let navigation = Navigation::here();
    let said = say(move |w| {
        let mut parts = filter.with(|filter| filter.in_words(w));
        parts.extend(Some(text.get()).filter(|text| !text.is_empty()).map(|text| format!("“{text}”")));
        let title = w.account().history.filter;
        if parts.is_empty() { title.to_owned() } else { format!("{title}: {}", parts.join(", ")) }
    });
    let apply = move || {
        text.set(draft.text.get_untracked().trim().to_owned());
        navigation.go_with_query(Account::History, &draft.filter().query());
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        apply();
    };
    let clear = move |_| {
        draft.show(&Filter::default());
        draft.text.set(String::new());
        apply();
    };
    view! {
        <section class="pay-sheet" data-print="no">
            <details class="pay-more" open=browser::is_wide()>
                <summary>{said}<Icon sign=Sign::Down/></summary>
                <form class="pay-stack" role="search" aria-label=t(|w| w.account().history.filter) on:submit=submit>
                    <div class="pay-filters">{draft.fields()}</div>
                    <p class="pay-row">
                        <button class="pay-button" type="submit">{t(|w| w.account().history.apply)}</button>
                        <button class="pay-button" type="button" on:click=clear>
                            {t(|w| w.account().history.clear)}
                        </button>
                    </p>
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// The pages of the list that are here, and where the next one begins.
#[derive(Clone, Copy)]
struct Pages {
    parts: RwSignal<Vec<PaymentPage>>,
    is_loading: RwSignal<bool>,
    has_failed: RwSignal<bool>,
}

impl Pages {
    fn count(self) -> usize {
        self.parts.with(|parts| parts.iter().map(|part| part.payments.len()).sum())
    }
    fn next(self) -> Option<String> {
        self.parts.with(|parts| parts.last().and_then(|part| part.next.clone()))
    }

    /// One page, or all that are left. The list may have been left, or be another one by then.
    fn load(self, client: Client, of: Asked, is_all: bool) {
        if self.is_loading.get_untracked() {
            return;
        }
        self.is_loading.set(true);
        self.has_failed.set(false);
        spawn_local(async move {
            while let Some(cursor) = self.next_if_here() {
                let limit = if is_all { MOST_A_PAGE } else { A_PAGE };
                match client.payments(&of.query, &of.text, limit, Some(&cursor)).await {
                    Ok(page) => _ = self.parts.try_update(|parts| parts.push(page)),
                    Err(_) => _ = self.has_failed.try_set(true),
                }
                if !is_all || self.has_failed.try_get_untracked().unwrap_or(true) {
                    break;
                }
            }
            _ = self.is_loading.try_set(false);
        });
    }

    fn next_if_here(self) -> Option<String> {
        self.parts.try_with_untracked(|parts| parts.last().and_then(|part| part.next.clone())).flatten()
    }
}

fn listed(asked: Memo<Asked>, of: Asked, first: PaymentPage) -> AnyView {
    // an answer to what was asked before is none
    if asked.get() != of {
        return view! { <Waiting rows=8/> }.into_any();
    }
    let is_unfiltered = of == Asked::default();
    if first.payments.is_empty() {
        let words =
            if is_unfiltered { t(|w| w.account().overview.no_payments) } else { t(|w| w.account().history.none_found) };
        return view! { <section class="pay-sheet"><p role="status">{words}</p></section> }.into_any();
    }
    let pages =
        Pages { parts: RwSignal::new(vec![first]), is_loading: RwSignal::new(false), has_failed: RwSignal::new(false) };
    let title = if is_unfiltered { t(|w| w.account().overview.all_payments) } else { t(|w| w.account().history.found) };
    let shown = say(move |w| (w.account().history.shown)(pages.count(), pages.next().is_none()));
    view! {
        <section class="pay-sheet" aria-labelledby="payments">
            <div class="pay-stack">
                <h2 id="payments">{title}</h2>
                <p class="pay-note" role="status">{shown}</p>
                {csv_link(asked)}
                <For each=move || 0..pages.parts.with(Vec::len) key=|at| *at children=move |at| part(pages, at)/>
                {more(pages, of)}
            </div>
        </section>
    }
    .into_any()
}

/// One page of the list: its payments by month. A month that goes on from the page before has its heading there. With
/// the last page the buttons go that asked for it, and the focus goes on to what came.
fn part(pages: Pages, at: usize) -> AnyView {
    let place = NodeRef::<html::Ul>::new();
    let takes_focus = at > 0 && pages.next_if_here().is_none();
    if takes_focus {
        browser::effect(move |_| {
            if let Some(place) = place.get() {
                browser::focus(place);
            }
        });
    }
    let (payments, before) = pages.parts.with_untracked(|parts| {
        let before = at.checked_sub(1).and_then(|at| parts.get(at)).and_then(|part| part.payments.last()).map(month_of);
        (parts.get(at).map(|part| part.payments.clone()).unwrap_or_default(), before)
    });
    let mut months: Vec<(Date, Vec<PaymentSummary>)> = Vec::new();
    for payment in payments {
        let month = month_of(&payment);
        match months.last_mut().filter(|(last, _)| *last == month) {
            Some((_, payments)) => payments.push(payment),
            None => months.push((month, vec![payment])),
        }
    }
    let first = months.first().map(|(month, _)| *month);
    list(months, move |(month, payments)| {
        let head = (before != Some(month)).then(|| view! { <h3>{say(move |w| format::month(w.locale, month))}</h3> });
        let rows = list(payments, payment_row);
        if takes_focus && first == Some(month) {
            return view! { {head} <ul class="pay-rows pay-history" tabindex="-1" node_ref=place>{rows}</ul> }
                .into_any();
        }
        view! { {head} <ul class="pay-rows pay-history">{rows}</ul> }.into_any()
    })
}

/// Its first day, by the region's calendar.
fn month_of(payment: &PaymentSummary) -> Date {
    let day = format::date_at(payment.created_at, &payment.time_zone);
    Date::new(day.year(), day.month(), 1).unwrap_or(day)
}

fn more(pages: Pages, of: Asked) -> AnyView {
    let client = Client::here();
    dynamic(move || {
        let failed = pages.has_failed.get().then(|| {
            view! { <Notice kind=NoticeKind::Bad words=t(|w| w.account().history.not_all)/> }
        });
        if pages.next().is_none() {
            return ().into_any();
        }
        let button = |is_all: bool, words: Pick| {
            let (client, of) = (client.clone(), of.clone());
            let is_busy = Signal::derive(move || pages.is_loading.get().then_some("true"));
            let load = move |_| pages.load(client.clone(), of.clone(), is_all);
            view! { <button class="pay-button" type="button" aria-busy=is_busy on:click=load>{t(words)}</button> }
        };
        view! {
            <div role="status">{failed}</div>
            <p class="pay-row" data-print="no">
                {button(false, |w| w.account().history.more)}
                {button(true, |w| w.account().history.all)}
            </p>
        }
        .into_any()
    })
}
