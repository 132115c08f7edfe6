//! Texts of the page of notices.

use contract::notices::NoticeKind;

pub struct NoticesWords {
    pub title: &'static str,
    pub lead: &'static str,
    /// Name, and when it is sent.
    pub kind: fn(NoticeKind) -> (&'static str, &'static str),
    pub always: &'static str,
    pub kept: &'static str,
    pub texts: &'static str,
    /// Of what is chosen once a number is confirmed.
    pub by_text: &'static str,
    pub texts_note: &'static str,
    pub agree: &'static str,
    pub send_code: &'static str,
    pub code_sent: fn(phone: &str) -> String,
    pub code: &'static str,
    pub code_wrong: fn(field: &str) -> String,
    pub confirm: &'static str,
    pub texts_go: fn(phone: &str, since: &str) -> String,
    pub agreed: &'static str,
    pub end_texts: &'static str,
}

pub const EN: NoticesWords = NoticesWords {
    title: "Notices",
    lead: "What we tell you, and how. No notice names a service.",
    kind: |kind| match kind {
        NoticeKind::BillReady => ("New bills", "As soon as one is here."),
        NoticeKind::DueSoon => ("A bill is due soon", "5 days before, if you still owe it."),
        NoticeKind::Payment => ("Payments", "We received it, or it is paid: your receipt."),
        NoticeKind::NotPaid => ("A payment needs you", "It had a problem, or your bank returned it."),
        NoticeKind::Refund => ("Refunds", "Money of a payment comes back to you."),
        NoticeKind::Deposit => ("Deposits", "Money you add to your balance."),
        NoticeKind::LowBalance => ("Low balance", "It fell below the amount that you chose."),
        NoticeKind::SavedMethod => {
            ("Saved cards and accounts", "A card expires next month, or small deposits are there.")
        }
        NoticeKind::Security => ("Security", "A new sign-in, a new password, a change of your profile."),
    },
    always: "Always",
    kept: "What you turn off is still in your history. A receipt to another address that you type when you pay is always sent.",
    texts: "Text messages",
    by_text: "Choose what to get by text",
    texts_note: "They say that there is news, and never an amount or a service.",
    agree: "I agree",
    send_code: "Send me a code",
    code_sent: |phone| format!("We sent a code to {phone}. It works for 10 minutes."),
    code: "Code from the text message",
    code_wrong: |field| format!("{field}: this is not the code, or it is too old"),
    confirm: "Confirm the number",
    texts_go: |phone, since| format!("Text messages go to {phone}. You agreed on {since}."),
    agreed: "What you agreed to",
    end_texts: "Turn text messages off",
};

pub const ES: NoticesWords = NoticesWords {
    title: "Avisos",
    lead: "Lo que le avisamos y cómo. Ningún aviso nombra un servicio.",
    kind: |kind| match kind {
        NoticeKind::BillReady => ("Nuevas facturas", "En cuanto llega una."),
        NoticeKind::DueSoon => ("Una factura vence pronto", "5 días antes, si todavía la debe."),
        NoticeKind::Payment => ("Pagos", "Lo recibimos o ya está pagado: su recibo."),
        NoticeKind::NotPaid => ("Un pago necesita su atención", "Tuvo un problema, o su banco lo devolvió."),
        NoticeKind::Refund => ("Reembolsos", "El dinero de un pago vuelve a usted."),
        NoticeKind::Deposit => ("Depósitos", "Dinero que agrega a su saldo."),
        NoticeKind::LowBalance => ("Saldo bajo", "Bajó del importe que eligió."),
        NoticeKind::SavedMethod => {
            ("Tarjetas y cuentas guardadas", "Una tarjeta vence el próximo mes, o llegaron los depósitos pequeños.")
        }
        NoticeKind::Security => ("Seguridad", "Un nuevo inicio de sesión, otra contraseña, un cambio de su perfil."),
    },
    always: "Siempre",
    kept: "Lo que desactive sigue en su historial. Un recibo a otra dirección que escriba al pagar se envía siempre.",
    texts: "Mensajes de texto",
    by_text: "Elija qué recibir por mensaje de texto",
    texts_note: "Dicen que hay noticias, y nunca un importe ni un servicio.",
    agree: "Acepto",
    send_code: "Enviarme un código",
    code_sent: |phone| format!("Enviamos un código al {phone}. Sirve durante 10 minutos."),
    code: "Código del mensaje de texto",
    code_wrong: |field| format!("{field}: este no es el código, o es demasiado antiguo"),
    confirm: "Confirmar el número",
    texts_go: |phone, since| format!("Los mensajes de texto van al {phone}. Los aceptó el {since}."),
    agreed: "Lo que aceptó",
    end_texts: "Desactivar los mensajes de texto",
};
