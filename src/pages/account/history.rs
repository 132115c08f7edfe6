//! The payment history: every payment of the membership, filtered, with what the filter finds in all, grouped by month,
//! and loaded a page at a time or whole, so that the browser's own search finds everything. Who leaves it by a link
//! finds it as it was on the way back.

mod filter;
mod kept;
mod spending;

use super::{Query, heading, page, payments::history_row};
use crate::{
    api::{A_PAGE, Client, MOST_A_PAGE},
    billing::state_words,
    browser,
    error::ApiError,
    fetched::FileOffer,
    i18n::{Pick, format, say, t},
    navigation::{Navigation, href},
    route::{Account, Records},
    ui::{Icon, Notice, NoticeKind, Sign, Waiting, download, dynamic, list, not_made},
};
use contract::{
    Date, Money,
    payment::{PaymentPage, PaymentState, PaymentSummary},
};
use filter::{Draft, Filter};
use kept::Kept;
use leptos::{ev::MouseEvent, html, prelude::*, task::spawn_local};

/// What is asked for: the filter, which the address holds, and a text, which it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    query: String,
    text: String,
}

type Answer = Query<(Asked, PaymentPage)>;

/// Where one was when one left by a link; nothing once it is there again.
type Return = StoredValue<Option<Kept>>;

#[component]
pub fn HistoryPage() -> impl IntoView {
    let (navigation, draft) = (Navigation::here(), Draft::new());
    let kept = kept::here();
    let text = RwSignal::new(kept.as_ref().map(|kept| kept.asked.text.clone()).unwrap_or_default());
    draft.text.set(text.get_untracked());
    let back = StoredValue::new(kept);
    let filter = Memo::new(move |_| Filter::of_address(&navigation.address_here()));
    browser::effect(move |_| filter.with(|filter| draft.show(filter)));
    let asked = Memo::new(move |_| Asked { query: filter.with(Filter::query), text: text.get() });
    let payments = Query::new(move |client| {
        let asked = asked.get();
        let rows = back.with_value(|kept| kept.as_ref().filter(|kept| kept.asked == asked).map_or(0, |kept| kept.rows));
        async move { first_rows(client, &asked, rows).await.map(|page| (asked, page)) }
    });
    let spent = Query::new(|client| async move { client.spending().await });
    let file =
        Client::here().csv(Signal::derive(move || asked.with(|asked| (asked.query.clone(), asked.text.clone()))));
    let sheet = sheet(filter, draft, text, list_of(payments, asked, back), payments);
    let main = view! { {spent.show(6, spending::spending)} {sheet} };
    page(Account::History.into(), head(file, payments), vec![payments.state(), spent.state()], main.into_any())
}

/// As many rows as were here before, or a page.
async fn first_rows(client: Client, asked: &Asked, rows: usize) -> Result<PaymentPage, ApiError> {
    let limit = |left: usize| u8::try_from(left).unwrap_or(MOST_A_PAGE).clamp(A_PAGE, MOST_A_PAGE);
    let mut found = client.payments(&asked.query, &asked.text, limit(rows), None).await?;
    while found.payments.len() < rows
        && let Some(cursor) = found.next.take()
    {
        let left = rows.saturating_sub(found.payments.len());
        let more = client.payments(&asked.query, &asked.text, limit(left), Some(&cursor)).await?;
        found.payments.extend(more.payments);
        found.next = more.next;
    }
    Ok(found)
}

fn head(file: FileOffer, payments: Answer) -> AnyView {
    let is_here = Memo::new(move |_| payments.of(|_| true));
    let csv = dynamic(move || {
        let words = || view! { <Icon sign=Sign::Download/>{t(|w| w.account().history.csv)} }.into_any();
        if is_here.get() { download(file, "pay-link", words()) } else { ().into_any() }
    });
    view! {
        <div class="pay-split">
            {heading(t(|w| w.account().history.title), t(|w| w.account().history.lead))}
            <p class="pay-row" data-print="no">
                {csv}
                <a class="pay-link" href=href(Records::Proof)>
                    <Icon sign=Sign::Folder/>{t(|w| w.account().overview.proof)}
                </a>
            </p>
        </div>
        {not_made(vec![file])}
    }
    .into_any()
}

/// The filter, and what it finds.
fn sheet(filter: Memo<Filter>, draft: Draft, text: RwSignal<String>, found: AnyView, payments: Answer) -> AnyView {
    let is_filtered = move || filter.with(|filter| !filter.query().is_empty()) || text.with(|text| !text.is_empty());
    let title = say(move |w| {
        if is_filtered() { w.account().history.found } else { w.account().overview.all_payments }.to_owned()
    });
    view! {
        <section class="pay-sheet" aria-labelledby="payments">
            <div class="pay-stack">
                <h2 id="payments" class="pay-hidden">{title}</h2>
                {form(filter, draft, text, payments)}
                {found}
            </div>
        </section>
    }
    .into_any()
}

fn form(filter: Memo<Filter>, draft: Draft, text: RwSignal<String>, payments: Answer) -> AnyView {
    let navigation = Navigation::here();
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
    let people = Memo::new(move |_| {
        payments.of(|(_, page)| page.totals.as_ref().map(|totals| totals.people.clone()).unwrap_or_default())
    });
    let more = dynamic(move || draft.more_fields(people.get()));
    let is_open = filter.with_untracked(Filter::has_more);
    view! {
        <form class="pay-stack" role="search" aria-label=t(|w| w.account().history.filter) data-print="no" on:submit=submit>
            <div class="pay-filters">{draft.fields()}</div>
            <details class="pay-more" open=is_open>
                <summary>{t(|w| w.account().history.more_filters)}<Icon sign=Sign::Down/></summary>
                <div class="pay-filters">{more}</div>
            </details>
            <p class="pay-row">
                <button class="pay-button" type="submit">{t(|w| w.account().history.apply)}</button>
                <button class="pay-link" type="button" on:click=clear>{t(|w| w.account().history.clear)}</button>
            </p>
        </form>
    }
    .into_any()
}

/// The rows, drawn anew with each answer to what is asked.
fn list_of(payments: Answer, asked: Memo<Asked>, back: Return) -> AnyView {
    let state = payments.state();
    dynamic(move || {
        if state.error.with(Option::is_some) {
            return ().into_any();
        }
        // an answer to what was asked before is none
        match payments.of(|(of, page)| Some((of.clone(), page.clone()))).filter(|(of, _)| asked.get() == *of) {
            Some((of, first)) => listed(of, first, back),
            None => view! { <Waiting rows=8/> }.into_any(),
        }
    })
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

fn listed(of: Asked, first: PaymentPage, back: Return) -> AnyView {
    if first.payments.is_empty() {
        let is_unfiltered = of == Asked::default();
        let words =
            if is_unfiltered { t(|w| w.account().overview.no_payments) } else { t(|w| w.account().history.none_found) };
        return view! { <p role="status">{words}</p> }.into_any();
    }
    let owed = first.totals.as_ref().map(|totals| totals.owed);
    let found = totals(&first);
    let pages =
        Pages { parts: RwSignal::new(vec![first]), is_loading: RwSignal::new(false), has_failed: RwSignal::new(false) };
    let said = say(move |w| {
        let here = pages.count();
        let in_all = found.0.unwrap_or(here);
        let sums =
            found.1.iter().map(|(state, sum)| (format::money(w.locale, *sum), state_words(w, *state).to_lowercase()));
        let shown = pages.next().is_some().then_some(here);
        (w.account().history.totals)(in_all, &sums.collect::<Vec<_>>(), shown)
    });
    come_back(back, &of);
    let asked = of.clone();
    let keep = move |event: MouseEvent| {
        if let Some(link) = browser::link_of(&event) {
            let rows = pages.parts.with_untracked(|parts| parts.iter().map(|part| part.payments.len()).sum());
            kept::keep(Kept { asked: asked.clone(), rows, link });
        }
    };
    view! {
        <p class="pay-note" role="status">{said}</p>
        <div class="pay-stack" on:click=keep>
            <For each=move || 0..pages.parts.with(Vec::len) key=|at| *at children=move |at| part(pages, at, owed)/>
        </div>
        {more(pages, of)}
    }
    .into_any()
}

/// The states in the order in which their sums are said: what was taken first, what was not last.
const STATES: [PaymentState; 7] = [
    PaymentState::Paid,
    PaymentState::Processing,
    PaymentState::Scheduled,
    PaymentState::Returned,
    PaymentState::Refunded,
    PaymentState::Failed,
    PaymentState::Cancelled,
];

/// How many payments there are, and what those of each state come to; of an older server nothing.
fn totals(first: &PaymentPage) -> (Option<usize>, Vec<(PaymentState, Money)>) {
    let Some(totals) = &first.totals else { return (None, Vec::new()) };
    let payments = totals.states.iter().map(|state| state.payments as usize).sum();
    let sums = STATES.into_iter().flat_map(|own| totals.states.iter().filter(move |state| state.state == own));
    (Some(payments), sums.map(|state| (state.state, state.charged)).collect())
}

/// Once the rows are drawn, and the page's heading has had the focus.
fn come_back(back: Return, of: &Asked) {
    let Some(kept) = back.try_update_value(Option::take).flatten().filter(|kept| kept.asked == *of) else { return };
    browser::effect(move |_| {
        let link = kept.link.clone();
        request_animation_frame(move || request_animation_frame(move || browser::return_to(&link)));
    });
}

/// One page of the list: its payments by month. A month that goes on from the page before has its heading there. With
/// the last page the buttons go that asked for it, and the focus goes on to what came.
fn part(pages: Pages, at: usize, owed: Option<Money>) -> AnyView {
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
        let rows = list(payments, move |payment| history_row(payment, owed));
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
