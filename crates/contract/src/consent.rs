//! What a member agrees to beside payments: one text that the page shows, the client sends and the server stores, word
//! for word, as `authorisation` has it of payments.

use crate::{Instant, Locale};
use serde::{Deserialize, Serialize};

/// Which wording of text messages this is. A change of a single word is a new version.
pub const TEXTS_VERSION: u16 = 1;

/// A text as it was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenConsent {
    pub text: String,
    pub locale: Locale,
    pub version: u16,
    pub at: Instant,
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
