//! The drawn statement: where each identifier is printed. Everything else on it is grey bars. It lights the field that
//! has the focus, and shows what the member typed, so that paper and picture can be compared.
//!
//! The layout follows the region's schema: identifiers stand in a box at the top right, one row each, the health record
//! number under it, the ZIP code at the end of the address.

use crate::{
    config::Deployment,
    i18n::{Text, printed, t},
    ui::{Icon, Sign, dynamic, list},
};
use contract::Identifier;
use leptos::prelude::*;

/// One identifier on the paper.
#[derive(Clone)]
pub struct PrintedIdentifier {
    pub identifier: Identifier,
    /// As the paper names it, in English.
    pub printed: &'static str,
    /// The member's own value, or the sample.
    pub value: Signal<String>,
}

const TOP: &str = r#"<path class="pay-stmt__sheet" d="M.5 4.5a4 4 0 0 1 4-4h431a4 4 0 0 1 4 4v561a4 4 0 0 1-4 4H4.500a4 4 0 0 1-4-4Z"/><text class="pay-stmt__title" x="28" y="48">Statement</text><path class="pay-stmt__bars" d="M28 66h112M28 82h76M40 144h92M40 160h124"/>"#;

/// Two columns of charges, the totals, the tear line and the coupon below it.
const BELOW: &str = r#"<path class="pay-stmt__rule" d="M28 262.500h384M28 286.500h384M28 424.500h384"/><path class="pay-stmt__bars pay-stmt__bars--thin" d="M28 274h38M92 274h60M310 274h40M372 274h40"/><path class="pay-stmt__bars" d="M28 304h46M92 304h150M310 304h40M372 304h40M28 328h46M92 328h118M310 328h40M372 328h40M28 352h46M92 352h164M310 352h40M372 352h40M28 376h46M92 376h132M310 376h40M372 376h40M28 400h46M92 400h96M310 400h40M372 400h40M28 498h120M28 514h96M28 530h108"/><path class="pay-stmt__bars pay-stmt__bars--thick" d="M270 441h64M356 441h56M306 515h88"/><path class="pay-stmt__tear" d="M8 470h424"/><rect class="pay-stmt__rule" x="290.5" y="492.5" width="121" height="46" rx="3"/>"#;

#[component]
pub fn Statement(
    spots: Vec<PrintedIdentifier>,
    #[prop(into)] lit: Signal<Option<Identifier>>,
    /// What is lit and where it is, or what the picture shows.
    caption: Text,
) -> impl IntoView {
    let mut rows = 0;
    let placed: Vec<(PrintedIdentifier, Option<u32>)> = spots
        .into_iter()
        .map(|spot| {
            let boxed = !matches!(spot.identifier, Identifier::Zip | Identifier::Hrn);
            let row = boxed.then_some(rows);
            rows += u32::from(boxed);
            (spot, row)
        })
        .collect();
    let box_lines = {
        let mut path = format!("M231.5 22.5h180v{}h-180z", rows * 52 + 2);
        for row in 1..rows {
            path.push_str(&format!("M231.5 {}.5h180", row * 52 + 23));
        }
        path
    };
    let drawn = list(placed, |(spot, row)| match (spot.identifier, row) {
        (_, Some(row)) => labelled(spot, row * 52 + 27, lit),
        (Identifier::Hrn, None) => labelled(spot, rows * 52 + 38, lit),
        (_, None) => address_end(spot, lit),
    });
    let lit_key = Text::derive(move || lit.get().map_or("", |identifier| identifier.key()).to_owned());
    view! {
        <figure class="pay-stmt" data-lit=lit_key>
            <div class="pay-stmt__window">
                // the caption below says in words what the picture shows
                <svg viewBox="0 0 440 570" aria-hidden="true" focusable="false">
                    <g class="pay-stmt__pan">
                        <g inner_html=TOP></g>
                        <path class="pay-stmt__rule" d=box_lines></path>
                        {drawn}
                        <g inner_html=BELOW></g>
                    </g>
                </svg>
            </div>
            <figcaption><Icon sign=Sign::Info/><span>{caption}</span></figcaption>
        </figure>
    }
}

/// A name over a value, in a halo.
fn labelled(spot: PrintedIdentifier, y: u32, lit: Signal<Option<Identifier>>) -> AnyView {
    view! {
        <g class="pay-stmt__spot" data-lit=is_lit(&spot, lit)>
            <rect class="pay-stmt__halo" x="236" y=y width="171" height="44" rx="6"></rect>
            <text class="pay-stmt__label" x="248" y=y + 17>{spot.printed}</text>
            <text class="pay-stmt__value" translate="no" x="248" y=y + 36>{spot.value}</text>
        </g>
    }
    .into_any()
}

/// A value at the end of the address lines.
fn address_end(spot: PrintedIdentifier, lit: Signal<Option<Identifier>>) -> AnyView {
    view! {
        <g class="pay-stmt__spot" data-lit=is_lit(&spot, lit)>
            <rect class="pay-stmt__halo" x="28" y="170" width="186" height="30" rx="6"></rect>
            <path class="pay-stmt__bars" d="M40 185h62"></path>
            <text class="pay-stmt__value" translate="no" x="112" y="190">{spot.value}</text>
        </g>
    }
    .into_any()
}

fn is_lit(spot: &PrintedIdentifier, lit: Signal<Option<Identifier>>) -> Signal<Option<String>> {
    let identifier = spot.identifier;
    Signal::derive(move || (lit.get() == Some(identifier)).then(String::new))
}

/// A statement with sample values and nothing lit: what the member should have at hand.
#[component]
pub fn SampleStatement() -> impl IntoView {
    let deployment = Deployment::here();
    let spot = |identifier: Identifier, sample: String| PrintedIdentifier {
        identifier,
        printed: printed(identifier),
        value: Signal::stored(sample),
    };
    let spots = move || {
        let first = || deployment.portal().and_then(|portal| portal.regions.first().cloned());
        match deployment.region_profile().or_else(first) {
            Some(profile) => profile.schema.into_iter().map(|field| spot(field.identifier, field.sample)).collect(),
            None => MOST_PRINT.map(|identifier| spot(identifier, String::new())).to_vec(),
        }
    };
    let caption = t(|w| w.find().all_places);
    dynamic(move || view! { <Statement spots=spots() lit=Signal::stored(None) caption/> }.into_any())
}

/// What stands on the picture until the profile is here, without values.
const MOST_PRINT: [Identifier; 5] =
    [Identifier::Group, Identifier::Subgroup, Identifier::Billgroup, Identifier::Zip, Identifier::Hrn];
