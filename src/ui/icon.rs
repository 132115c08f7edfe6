//! Icons: inline SVG, 24 units square, drawn by stroke, always beside a text.

use leptos::prelude::*;

/// Makes of the table: the enum, and the shapes of each.
macro_rules! signs {
    ($($name:ident => $shapes:expr,)*) => {
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum Sign {
            $($name,)*
        }

        impl Sign {
            fn shapes(self) -> &'static str {
                match self {
                    $(Self::$name => $shapes,)*
                }
            }
        }
    };
}

signs! {
    Alert => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5"/><path d="M12 16.3h.01"/>"#,
    Arrow => r#"<path d="M5 12h14m-5.5-5.5L19 12l-5.5 5.5"/>"#,
    Back => r#"<path d="M19 12H5m5.5-5.5L5 12l5.5 5.5"/>"#,
    Bank => r#"<path d="M3.5 9.5 12 4l8.5 5.5zM5.5 9.5v8m4.3-8v8m4.4-8v8m4.3-8v8M3.5 20.5h17"/>"#,
    Bill => r#"<path d="M5.5 3.5h13v17l-2.2-1.5-2.1 1.5-2.2-1.5-2.2 1.5-2.1-1.5-2.2 1.5z"/><path d="M9 8.5h6m-6 4h6"/>"#,
    Building => r#"<path d="M4 20.5V8.5l8-5 8 5v12"/><path d="M2.5 20.5h19M12 8.5v6M9 11.5h6M9.5 20.5v-3h5v3"/>"#,
    Calendar => r#"<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 3v4m8-4v4"/>"#,
    Card => r#"<rect x="2.5" y="5" width="19" height="14" rx="2.2"/><path d="M2.5 9.8h19M6 15h4"/>"#,
    Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
    Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.2 2"/>"#,
    Coins => r#"<ellipse cx="12" cy="6.5" rx="7.5" ry="3"/><path d="M4.5 6.5V12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3V6.5M4.5 12v5.5c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3V12"/>"#,
    Cross => r#"<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6m0-6-6 6"/>"#,
    Dollar => r#"<circle cx="12" cy="12" r="9"/><path d="M14.8 9.2c-.4-1-1.5-1.6-2.8-1.6-1.6 0-2.8.8-2.8 2.1 0 3 5.6 1.5 5.6 4.5 0 1.3-1.2 2.2-2.8 2.2-1.4 0-2.5-.6-2.9-1.7M12 6v12"/>"#,
    Done => r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16 9.5"/>"#,
    Down => r#"<path d="m6 9.5 6 6 6-6"/>"#,
    Download => r#"<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M4.5 19.5h15"/>"#,
    Envelope => r#"<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>"#,
    Folder => r#"<path d="M3.5 18V5.5h6l2 2.5h9V18a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 18Z"/>"#,
    House => r#"<path d="m4 11 8-7 8 7v8.5a1 1 0 0 1-1 1h-4.5V14h-5v6.5H5a1 1 0 0 1-1-1V11Z"/>"#,
    Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5"/><path d="M12 7.7h.01"/>"#,
    Leave => r#"<path d="M14 4h4.5A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5H14"/><path d="M4 12h11m-4-4 4 4-4 4"/>"#,
    List => r#"<path d="M4 6.5h.01M4 12h.01M4 17.5h.01M8.5 6.5H20M8.5 12H20M8.5 17.5H20"/>"#,
    Lock => r#"<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>"#,
    More => r#"<path d="M5.5 12h.01M12 12h.01M18.5 12h.01"/>"#,
    Next => r#"<circle cx="12" cy="12" r="8"/>"#,
    Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-3.8 3.8-6 7.5-6s6.7 2.2 7.5 6"/>"#,
    Phone => r#"<path d="M5 4h3.5l1.6 4.2-2.1 1.6a12 12 0 0 0 6.2 6.2l1.6-2.1L20 15.5V19a1.5 1.5 0 0 1-1.6 1.5C10.6 20 4 13.4 3.5 5.6A1.5 1.5 0 0 1 5 4Z"/>"#,
    Pin => r#"<path d="M12 21c4.5-4.6 6.8-8.1 6.8-11A6.8 6.8 0 0 0 5.2 10c0 2.9 2.3 6.4 6.8 11Z"/><circle cx="12" cy="10" r="2.4"/>"#,
    Print => r#"<path d="M7 9V3.5h10V9M7 17H4.5a1.5 1.5 0 0 1-1.5-1.5V10.5A1.5 1.5 0 0 1 4.5 9h15a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H17"/><path d="M7 14h10v6.5H7z"/>"#,
    Return => r#"<path d="M9 14 4 9l5-5"/><path d="M4 9h10a6 6 0 0 1 0 12h-4"/>"#,
    Search => r#"<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>"#,
    Shield => r#"<path d="M12 3.5 4.5 6.3v5.5c0 4.3 3 7.4 7.5 8.9 4.5-1.5 7.5-4.6 7.5-8.9V6.3L12 3.5Z"/><path d="m8.8 12 2.3 2.3 4.2-4.3"/>"#,
    Skip => r#"<path d="m5 5.5 9 6.5-9 6.5v-13ZM18.5 5.5v13"/>"#,
    Stethoscope => r#"<path d="M6 3.5H4.5V9a4.5 4.5 0 0 0 9 0V3.5H12"/><path d="M9 13.5V16a4.5 4.5 0 0 0 9 0v-2"/><circle cx="18" cy="11.8" r="2.2"/>"#,
    Turn => r#"<path d="M4.5 11a7.5 7.5 0 0 1 13-4l2 2.2M19.5 13a7.5 7.5 0 0 1-13 4l-2-2.2"/><path d="M19.5 4.5v4.7h-4.7M4.5 19.5v-4.7h4.7"/>"#,
    Warning => r#"<path d="M12 4 2.8 19.5h18.4L12 4Z"/><path d="M12 10v4.5"/><path d="M12 17h.01"/>"#,
}

/// `<Icon sign=Sign::Phone/>`: never read out.
#[component]
pub fn Icon(sign: Sign) -> impl IntoView {
    view! {
        <svg class="pay-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false" inner_html=sign.shapes()></svg>
    }
}
