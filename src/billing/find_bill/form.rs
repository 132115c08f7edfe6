//! The fields of `Find your bill` beside the drawn statement that lights the one in focus.

use super::Finding;
use crate::{
    billing::{PrintedIdentifier, Statement},
    i18n::{Pick, Text, printed, say, t},
    navigation::href,
    route::Read,
    ui::{Keyboard, SubmitButton, TextField, list},
};
use contract::{Identifier, portal::IdentifierField};
use leptos::{ev::SubmitEvent, prelude::*};

#[component]
pub fn FindForm(
    finding: Finding,
    schema: StoredValue<Vec<IdentifierField>>,
    submit: Pick,
    on_submit: Callback<()>,
) -> impl IntoView {
    let schema = schema.get_value();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        on_submit.run(());
    };
    let fields = fields(finding, &schema);
    view! {
        <div class="pay-journey__side pay-journey__side--stay pay-find__pic"><Picture finding schema/></div>
        <div class="pay-journey__body pay-find__form">
            <form class="pay-sheet" novalidate on:submit=on_submit>
                <div class="pay-form">
                    {fields}
                    <p class="pay-row">
                        <SubmitButton
                            words=t(submit)
                            busy_words=t(|w| w.find().searching)
                            busy=finding.form.is_busy
                            arrow=true
                        />
                        <a class="pay-link" href=href(Read::Help)>{t(|w| w.find().no_statement)}</a>
                    </p>
                </div>
            </form>
        </div>
    }
}

fn fields(finding: Finding, schema: &[IdentifierField]) -> AnyView {
    // short ones that stand together on the paper stand together here
    let together = schema.iter().take_while(|field| is_short(field)).count();
    let (first, rest) = schema.split_at(if together > 1 { together } else { 0 });
    let fields = |fields: &[IdentifierField]| {
        list(fields, |field| view! { <IdentifierInput finding field=field.clone()/> }.into_any())
    };
    let first = (!first.is_empty()).then(|| view! { <div class="pay-field__pair">{fields(first)}</div> });
    let rest = fields(rest);
    view! { {first} {rest} }.into_any()
}

/// Without the picture.
pub(super) fn plain_form(
    finding: Finding,
    (schema, on_submit): super::CheckedFields,
    [submit, busy]: [Pick; 2],
) -> AnyView {
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        on_submit.run(());
    };
    view! {
        <form class="pay-form" novalidate on:submit=on_submit>
            {schema.with_value(|schema| fields(finding, schema))}
            <p><SubmitButton words=t(submit) busy_words=t(busy) busy=finding.form.is_busy/></p>
        </form>
    }
    .into_any()
}

fn is_short(field: &IdentifierField) -> bool {
    matches!(field.identifier, Identifier::Group | Identifier::Subgroup | Identifier::Billgroup)
}

#[component]
fn IdentifierInput(finding: Finding, field: IdentifierField) -> impl IntoView {
    let field = StoredValue::new(field);
    let identifier = field.with_value(|field| field.identifier);
    let value = finding.draft.text(identifier);
    let echo = (identifier == Identifier::Hrn).then(|| ViewFn::from(move || padded(field, value)));
    let keyboard = Keyboard {
        mode: if field.with_value(|field| field.digits_only) { "numeric" } else { "text" },
        autocomplete: if identifier == Identifier::Zip && finding.is_own { "postal-code" } else { "off" },
        width: match identifier {
            Identifier::Zip => "pay-input--8",
            Identifier::Hrn | Identifier::BillingUnit => "pay-input--14",
            _ => "",
        },
    };
    view! {
        <TextField
            id=identifier.key()
            label=say(move |w| (w.find().label)(identifier).to_owned())
            hint=say(move |w| field.with_value(|field| (w.find().hint)(field)))
            value
            error=finding.form.error(identifier)
            keyboard
            echo
            on_focus=Callback::new(move |()| finding.lit.set(Some(identifier)))
        />
    }
}

/// "We will look for 012345678", the added zeros told apart; nothing while there is no number to look for.
fn padded(field: StoredValue<IdentifierField>, value: RwSignal<String>) -> AnyView {
    let number = move || {
        let typed = value.get();
        let found = field.with_value(|field| field.normalise(&typed)).ok()?;
        let digits = typed.chars().filter(|c| c.is_numeric()).count();
        Some((found.len().saturating_sub(digits), found))
    };
    let words = say(move |w| number().map(|_| w.find().echo.to_owned()).unwrap_or_default());
    let zeros = Text::derive(move || number().map(|(added, text)| text[..added].to_owned()).unwrap_or_default());
    let rest = Text::derive(move || number().map(|(added, text)| text[added..].to_owned()).unwrap_or_default());
    view! {
        <span>{words}</span>
        <output><i>{zeros}</i>{rest}</output>
    }
    .into_any()
}

#[component]
fn Picture(finding: Finding, schema: Vec<IdentifierField>) -> impl IntoView {
    let spot = |field: IdentifierField| {
        let typed = finding.draft.text(field.identifier);
        PrintedIdentifier {
            identifier: field.identifier,
            printed: printed(field.identifier),
            value: Signal::derive(move || match typed.get() {
                text if text.trim().is_empty() => field.sample.clone(),
                text => field.normalise(&text).unwrap_or_else(|_| text.chars().take(LONGEST).collect()),
            }),
        }
    };
    let caption = say(move |w| finding.lit.get().map_or_else(|| w.find().all_places.to_owned(), w.find().place));
    view! { <Statement spots=schema.into_iter().map(spot).collect() lit=finding.lit caption/> }
}

/// As many characters as fit into the picture.
const LONGEST: usize = 16;
