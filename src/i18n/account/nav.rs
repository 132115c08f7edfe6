//! Texts of the account's navigation: one per page.

pub struct NavWords {
    pub label: &'static str,
    pub overview: &'static str,
    pub bills: &'static str,
    pub pay: &'static str,
    pub history: &'static str,
    pub proof: &'static str,
    pub profile: &'static str,
    pub security: &'static str,
    /// What has no place at the foot of a phone's page.
    pub more: &'static str,
}

pub const EN: NavWords = NavWords {
    label: "Account",
    overview: "Overview",
    bills: "Bills",
    pay: "Pay a bill",
    history: "History",
    proof: "HSA and FSA proof",
    more: "More",
    profile: "Profile",
    security: "Security",
};

pub const ES: NavWords = NavWords {
    label: "Cuenta",
    overview: "Resumen",
    bills: "Facturas",
    pay: "Pagar una factura",
    history: "Historial",
    proof: "Comprobantes HSA y FSA",
    more: "Más",
    profile: "Perfil",
    security: "Seguridad",
};
