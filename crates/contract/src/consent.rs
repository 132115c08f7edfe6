//! What a member agrees to beside payments: one text that the page shows, the client sends and the server stores, word
//! for word, as `authorisation` has it of payments.

use crate::{Instant, Locale};
use serde::{Deserialize, Serialize};

/// Which wording of text messages this is. A change of a single word is a new version.
pub const TEXTS_VERSION: u16 = 1;

/// Which wording of keeping a payment method this is.
pub const SAVED_METHOD_VERSION: u16 = 1;

/// As `TEXTS_VERSION`, of paperless.
pub const PAPERLESS_VERSION: u16 = 1;

/// What is agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    Texts,
    /// Bills by e-mail instead of by post.
    Paperless,
}

/// A text that somebody agrees to, as it was shown. `PUT /profile/paperless` takes `consent::paperless` as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShownConsent {
    /// An app of the version before calls it `consent` where bills without paper are agreed to.
    #[serde(alias = "consent")]
    pub text: String,
    pub locale: Locale,
}

/// A text as it was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenConsent {
    pub text: String,
    pub locale: Locale,
    pub version: u16,
    pub at: Instant,
}

/// What a member agreed to, and whether it still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentEntry {
    pub purpose: ConsentPurpose,
    pub given: GivenConsent,
    pub withdrawn_at: Option<Instant>,
}

/// The plan of this name, which has this phone number, keeps a card or bank account: it may be charged for more than
/// one payment.
pub fn saved_method(brand: &str, phone: &str, locale: Locale) -> String {
    match locale {
        Locale::En => format!(
            "I let {brand} keep this card or bank account with its payment processor, and charge it when I choose it for a payment. Each time I see the amount and the date, and agree to them, before anything is charged. This holds until I revoke it: I remove the card or account, revoke this text in my profile, or call {phone}. From then on it is charged for nothing new. Payments on their way go on. A copy of this text is kept in my profile."
        ),
        Locale::Es => format!(
            "Permito que {brand} conserve esta tarjeta o cuenta bancaria con su procesador de pagos y le cobre cuando yo la elija para un pago. Cada vez veo el importe y la fecha, y los acepto, antes de que se cobre algo. Esto vale hasta que lo revoque: elimino la tarjeta o cuenta, revoco este texto en mi perfil o llamo al {phone}. Desde entonces no se le cobra nada nuevo. Los pagos en camino siguen su curso. Una copia de este texto queda en mi perfil."
        ),
    }
}

/// To get bills by e-mail and not by post, from the plan that has this phone number.
pub fn paperless(phone: &str, locale: Locale) -> String {
    match locale {
        Locale::En => format!(
            "I agree to get my bills in this account and not on paper. Each time a bill is there I get an e-mail at the address of my account. Receipts and notices about payments come by e-mail, too. To read and keep them I need that e-mail address, a device with a web browser, and a program that opens PDF files. I can withdraw this at any time, on this page or at {phone}, at no cost. Then bills come by mail again, from the next one on. At that number I can also ask for a paper copy of any bill, free. If my e-mail address changes, I change it on this page."
        ),
        Locale::Es => format!(
            "Acepto recibir mis facturas en esta cuenta y no en papel. Cada vez que haya una factura recibo un correo electrónico en la dirección de mi cuenta. Los recibos y avisos sobre pagos también llegan por correo electrónico. Para leerlos y guardarlos necesito esa dirección, un dispositivo con navegador web y un programa que abra archivos PDF. Puedo dejarlo cuando quiera, en esta página o en el {phone}, sin costo. Entonces las facturas vuelven a llegar por correo postal, a partir de la siguiente. En ese número también puedo pedir gratis una copia en papel de cualquier factura. Si cambia mi correo electrónico, lo cambio en esta página."
        ),
    }
}

/// To get text messages from the plan of this name, which has this phone number.
pub fn text_messages(brand: &str, phone: &str, locale: Locale) -> String {
    match locale {
        Locale::En => format!(
            "I agree to get text messages about my account from {brand} at this number. They are sent automatically. How many depends on what I turn on. My carrier may charge for them. I can end them at any time: I reply STOP, or turn them off on this page. For help I reply HELP or call {phone}. I can pay my bills without them."
        ),
        Locale::Es => format!(
            "Acepto recibir en este número mensajes de texto de {brand} sobre mi cuenta. Se envían de forma automática. Cuántos son depende de lo que active. Mi compañía puede cobrar por ellos. Puedo terminarlos cuando quiera: respondo STOP o los desactivo en esta página. Para ayuda respondo HELP o llamo al {phone}. Puedo pagar mis facturas sin ellos."
        ),
    }
}
