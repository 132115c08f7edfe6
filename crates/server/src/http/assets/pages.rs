//! The addresses of the app's pages: any other one is answered 404, with the same page, which says so. The app has the
//! table that these come from (`src/route.rs`); a test compares the two (`tests/render.rs`).

/// Below the root; a name in braces is any one segment.
const PAGES: [&str; 42] = [
    "/",
    "/region",
    "/pay",
    "/pay/amount",
    "/pay/method",
    "/pay/review",
    "/pay/payments/{id}",
    "/receipt",
    "/help",
    "/coupon",
    "/terms",
    "/privacy",
    "/accessibility",
    "/register",
    "/register/bill",
    "/register/agree",
    "/register/you",
    "/register/email",
    "/confirm-email",
    "/sign-in",
    "/forgot-user-id",
    "/forgot-password",
    "/reset-password",
    "/signed-out",
    "/visit-ended",
    "/timed-out",
    "/account-closed",
    "/account",
    "/account/bills",
    "/account/bills/{id}",
    "/account/bills/{id}/statement",
    "/account/history",
    "/account/pay",
    "/account/balance",
    "/account/receipts",
    "/account/receipts/{year}",
    "/account/methods",
    "/account/profile",
    "/account/profile/close",
    "/account/notices",
    "/account/security",
    "/account/household",
];

/// A slash at the end does not matter, an empty segment does: as the app reads addresses.
pub fn is_page(path: &str) -> bool {
    let segments = |path: &'static str| path.split('/').filter(|segment| !segment.is_empty());
    let asked: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_asked = |page: &'static str| {
        segments(page).count() == asked.len()
            && segments(page).zip(&asked).all(|(own, asked)| own == *asked || own.starts_with('{'))
    };
    !path.contains("//") && PAGES.into_iter().any(is_asked)
}
