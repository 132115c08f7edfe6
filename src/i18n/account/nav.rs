//! Texts of the account's navigation: one per page.

pub struct NavWords {
    pub label: &'static str,
    pub overview: &'static str,
    pub bills: &'static str,
    pub pay: &'static str,
    pub security: &'static str,
}

pub const EN: NavWords =
    NavWords { label: "Account", overview: "Overview", bills: "Bills", pay: "Pay a bill", security: "Security" };

pub const ES: NavWords = NavWords {
    label: "Cuenta",
    overview: "Resumen",
    bills: "Facturas",
    pay: "Pagar una factura",
    security: "Seguridad",
};
