//! Texts of the account's navigation: one per page.

pub struct NavWords {
    pub label: &'static str,
    pub overview: &'static str,
    pub pay: &'static str,
    pub profile: &'static str,
    pub security: &'static str,
}

pub const EN: NavWords =
    NavWords { label: "Account", overview: "Overview", pay: "Pay a bill", profile: "Profile", security: "Security" };

pub const ES: NavWords = NavWords {
    label: "Cuenta",
    overview: "Resumen",
    pay: "Pagar una factura",
    profile: "Perfil",
    security: "Seguridad",
};
