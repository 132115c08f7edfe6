//! Texts of the page of notices.

use contract::notices::NoticeKind;

pub struct NoticesWords {
    pub title: &'static str,
    pub lead: &'static str,
    /// Name, and when it is sent.
    pub kind: fn(NoticeKind) -> (&'static str, &'static str),
    pub always: &'static str,
    pub kept: &'static str,
}

pub const EN: NoticesWords = NoticesWords {
    title: "Notices",
    lead: "What we tell you, and how. No notice names a service.",
    kind: |kind| match kind {
        NoticeKind::Payment => ("Payments", "We received it, or it is paid: your receipt."),
        NoticeKind::NotPaid => ("A payment did not go through", "Or your bank returned it."),
        NoticeKind::Refund => ("Refunds", "Money of a payment comes back to you."),
        NoticeKind::Deposit => ("Deposits", "Money you add to your balance."),
        NoticeKind::Security => ("Security", "A new sign-in, a new password, a change of your profile."),
    },
    always: "Always",
    kept: "What you turn off is still in your history.",
};

pub const ES: NoticesWords = NoticesWords {
    title: "Avisos",
    lead: "Lo que le avisamos y cómo. Ningún aviso nombra un servicio.",
    kind: |kind| match kind {
        NoticeKind::Payment => ("Pagos", "Lo recibimos o ya está pagado: su recibo."),
        NoticeKind::NotPaid => ("Un pago no se realizó", "O su banco lo devolvió."),
        NoticeKind::Refund => ("Reembolsos", "El dinero de un pago vuelve a usted."),
        NoticeKind::Deposit => ("Depósitos", "Dinero que agrega a su saldo."),
        NoticeKind::Security => ("Seguridad", "Un nuevo inicio de sesión, otra contraseña, un cambio de su perfil."),
    },
    always: "Siempre",
    kept: "Lo que desactive sigue en su historial.",
};
