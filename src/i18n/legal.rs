//! Texts of the terms, the privacy page and the accessibility statement: what holds for paying once, as this portal
//! really works.

pub struct LegalWords {
    pub terms: LegalPage,
    pub privacy: LegalPage,
    pub accessibility: LegalPage,
}

pub struct LegalPage {
    pub title: &'static str,
    pub lead: &'static str,
    pub sections: &'static [(&'static str, &'static str)],
}

pub const EN: LegalWords = LegalWords {
    terms: LegalPage {
        title: "Terms of use",
        lead: "What you and we agree to when you pay a bill or have an account here.",
        sections: &[
            (
                "Paying once",
                "You may pay your own bill, or somebody else’s with their statement. Before you pay, one page shows the amount, any fee, the method and the date, and the text you authorize. Nothing is charged before you agree to it there.",
            ),
            (
                "When a payment counts",
                "A card payment counts when the card’s bank accepts it. A bank payment is sent to your bank and usually takes a few business days; it can come back for up to 60 days. Until then it says Processing, not Paid.",
            ),
            (
                "If something goes wrong",
                "A payment is taken once, however often a button is pressed or a page is loaded again. If a payment fails, the page says first whether money was taken. Call us about any charge you did not authorize.",
            ),
            (
                "Your account",
                "An account shows the bills of the membership whose statement you showed, and the payments made on them, by whomever they were made. Open one only for your own bills, or for somebody who asked you to. You may stop using it at any time; call us to have it closed.",
            ),
            (
                "Keeping it safe",
                "Keep your password to yourself, and sign out on a device that others use. We sign you out after 15 minutes without activity. We never ask for your password or a card number by mail or phone. Tell us at once if somebody else has been in your account.",
            ),
            (
                "Letters and receipts",
                "Receipts and notices go to the e-mail address of your account. A new password is asked for there, too.",
            ),
        ],
    },
    privacy: LegalPage {
        title: "Privacy",
        lead: "What this site learns about you, and what it does not.",
        sections: &[
            (
                "What we use",
                "The numbers from your statement, to find the bill. The name and e-mail address you give, for the payment and its receipt; with an account also your mailing address and phone. They are not in the address of a page, not in its title and not in our technical logs.",
            ),
            (
                "Card and bank numbers",
                "You type them into a form of the payment processor that is only shown inside this page. We get a token and the last four digits, never the number.",
            ),
            (
                "On this device",
                "We remember your region and your language, and while you pay, a random key that keeps a payment from being taken twice. One cookie holds your session and ends with it. There are no trackers and nothing from third parties.",
            ),
        ],
    },
    accessibility: LegalPage {
        title: "Accessibility",
        lead: "Everybody should be able to pay a bill here without help.",
        sections: &[
            (
                "What we aim for",
                "This site is built to WCAG 2.2, level AA. It works with a keyboard alone, with screen readers, at 320 pixels width and at 400 percent zoom, in light and dark, with forced colors and with reduced motion.",
            ),
            (
                "How we check",
                "Tools test every page in each state, in both languages and at two widths. We also go the whole way to a receipt with the keyboard alone.",
            ),
            (
                "If something is in your way",
                "Tell us by phone: a person can take the payment, and we fix the page. We can also send any text of this site in another form.",
            ),
        ],
    },
};

pub const ES: LegalWords = LegalWords {
    terms: LegalPage {
        title: "Condiciones de uso",
        lead: "Lo que usted y nosotros acordamos cuando paga una factura o tiene una cuenta aquí.",
        sections: &[
            (
                "Pagar una vez",
                "Puede pagar su propia factura, o la de otra persona con su estado de cuenta. Antes de pagar, una página muestra el importe, los cargos, la forma de pago y la fecha, y el texto que usted autoriza. No se cobra nada antes de que usted lo acepte allí.",
            ),
            (
                "Cuándo cuenta un pago",
                "Un pago con tarjeta cuenta cuando el banco de la tarjeta lo acepta. Un pago bancario se envía a su banco y suele tardar unos días hábiles; puede ser devuelto hasta 60 días después. Hasta entonces dice En proceso, no Pagado.",
            ),
            (
                "Si algo sale mal",
                "Un pago se cobra una sola vez, por más que se pulse un botón o se vuelva a cargar una página. Si un pago falla, la página dice primero si se cobró dinero. Llámenos si ve un cargo que no autorizó.",
            ),
            (
                "Su cuenta",
                "Una cuenta muestra las facturas de la membresía cuyo estado de cuenta mostró, y los pagos hechos por ellas, los haya hecho quien los haya hecho. Ábrala solo para sus propias facturas, o para alguien que se lo pidió. Puede dejar de usarla cuando quiera; llámenos para cerrarla.",
            ),
            (
                "Mantenerla segura",
                "No comparta su contraseña, y cierre la sesión en un dispositivo que usan otras personas. Cerramos la sesión después de 15 minutos sin actividad. Nunca pedimos su contraseña ni un número de tarjeta por correo o por teléfono. Avísenos enseguida si otra persona entró en su cuenta.",
            ),
            (
                "Cartas y recibos",
                "Los recibos y avisos van al correo electrónico de su cuenta. Allí se pide también una nueva contraseña.",
            ),
        ],
    },
    privacy: LegalPage {
        title: "Privacidad",
        lead: "Lo que este sitio sabe de usted, y lo que no.",
        sections: &[
            (
                "Lo que usamos",
                "Los números de su estado de cuenta, para encontrar la factura. El nombre y el correo electrónico que usted da, para el pago y su recibo; con una cuenta, también su dirección postal y su teléfono. No están en la dirección de una página, ni en su título, ni en nuestros registros técnicos.",
            ),
            (
                "Números de tarjeta y de cuenta",
                "Los escribe en un formulario del procesador de pagos que solo se muestra dentro de esta página. Nosotros recibimos un código y los últimos cuatro dígitos, nunca el número.",
            ),
            (
                "En este dispositivo",
                "Recordamos su región y su idioma y, mientras paga, una clave al azar que evita que un pago se cobre dos veces. Una cookie guarda su sesión y termina con ella. No hay rastreadores ni nada de terceros.",
            ),
        ],
    },
    accessibility: LegalPage {
        title: "Accesibilidad",
        lead: "Todos deberían poder pagar una factura aquí sin ayuda.",
        sections: &[
            (
                "Lo que buscamos",
                "Este sitio sigue las WCAG 2.2, nivel AA. Funciona solo con el teclado, con lectores de pantalla, con 320 píxeles de ancho y con un aumento del 400 por ciento, en claro y en oscuro, con colores forzados y con movimiento reducido.",
            ),
            (
                "Cómo lo comprobamos",
                "Cada página se prueba con herramientas en todos sus estados, en los dos idiomas y en dos anchos. También recorremos todo el camino hasta el recibo solo con el teclado.",
            ),
            (
                "Si algo le estorba",
                "Díganoslo por teléfono. Una persona puede recibir el pago, y nosotros corregimos la página. Si lo pide, le enviamos los textos de este sitio en otro formato.",
            ),
        ],
    },
};
