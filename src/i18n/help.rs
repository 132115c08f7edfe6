//! Texts of the help page and of the mail coupon.

use contract::bill::BillKind;

pub struct HelpWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub phone: &'static str,
    pub phone_note: &'static str,
    pub individual: &'static str,
    pub individual_note: &'static str,
    pub fax: &'static str,
    pub mail: &'static str,
    pub mail_note: &'static str,
    pub print_coupon: &'static str,
    pub no_statement: &'static str,
    pub no_statement_text: &'static str,
    pub not_all: &'static str,
    pub not_all_text: &'static str,
    pub questions: &'static [(&'static str, &'static str)],
    pub coupon_title: &'static str,
    pub coupon_lead: &'static str,
    /// So many that are filled in.
    pub coupon_made: fn(usize) -> String,
    pub coupon_on_check: &'static str,
    pub coupon_for: fn(BillKind) -> &'static str,
    pub coupon_print: &'static str,
    pub coupon_cut: &'static str,
    pub coupon_payee: &'static str,
    pub coupon_to: &'static str,
    pub coupon_name: &'static str,
    pub coupon_due_amount: &'static str,
    pub coupon_due: &'static str,
    pub coupon_amount: &'static str,
    pub coupon_note: &'static str,
    pub no_region: &'static str,
    pub choose_region: &'static str,
}

pub const EN: HelpWords = HelpWords {
    title: "All ways to reach us",
    lead: "A person can help with any bill, and take a payment by phone.",
    phone: "Pay by phone, and questions about a bill",
    phone_note: "Have your statement ready.",
    individual: "Individual plan accounts",
    individual_note: "For plans you pay for yourself.",
    fax: "Fax",
    mail: "Mail",
    mail_note: "Send a check with a coupon or in the return envelope that came with your bill.",
    print_coupon: "Print a mail coupon",
    no_statement: "I don’t have a statement",
    no_statement_text: "The numbers we ask for are on every statement, even an old one. If you have none, call us: we can find the bill with you. A bill comes within a month of the service, and when charges are posted.",
    not_all: "Can’t pay it all?",
    not_all_text: "You can pay part of a bill here and the rest later, up to its due date. For financial help or a payment plan, call us before the bill is due.",
    questions: &[
        (
            "How do a professional bill and a hospital bill differ?",
            "A professional bill is for services at a medical office: visits, X-rays, lab tests and the doctor’s work. A hospital bill is for surgery, anesthesia and a room. One visit can bring both.",
        ),
        (
            "I paid by mail or phone and don’t see it",
            "A payment made elsewhere can take up to 125 days to appear on a bill. Keep your receipt. If you are not sure, call us before you pay twice.",
        ),
        (
            "I need proof for my HSA, FSA or HRA",
            "Every receipt here lists the patient, the provider, the date of service, the description and the amount after insurance. You can print it or save it as a file.",
        ),
    ],
    coupon_title: "Mail coupon",
    coupon_lead: "Print this page, cut along the line, and mail the coupon with a check.",
    coupon_made: |n| {
        if n == 1 {
            "This coupon is made for your bill. Print it, cut along the line, and mail it with a check.".to_owned()
        } else {
            format!(
                "There are {n} coupons, one for each bill. Print them, cut along the lines, and mail each with a check."
            )
        }
    },
    coupon_on_check: "Write the numbers of the coupon on the check, too.",
    coupon_for: |kind| match kind {
        BillKind::Professional => "Coupon for a professional bill",
        BillKind::Hospital => "Coupon for a hospital bill",
        BillKind::Premium | BillKind::Household => "Coupon for a plan premium",
    },
    coupon_print: "Print this page",
    coupon_cut: "Cut here and mail the part below",
    coupon_payee: "Make the check payable to",
    coupon_to: "Mail to",
    coupon_name: "Name on the statement",
    coupon_due_amount: "Amount due",
    coupon_due: "Due date",
    coupon_amount: "Amount enclosed",
    coupon_note: "Do not write card numbers on the coupon. Do not send cash.",
    no_region: "The coupon lists what your region prints on its statements.",
    choose_region: "Choose your region",
};

pub const ES: HelpWords = HelpWords {
    title: "Todas las formas de contacto",
    lead: "Una persona puede ayudarle con su factura y recibir un pago por teléfono.",
    phone: "Pagar por teléfono y preguntas sobre una factura",
    phone_note: "Tenga a la mano su estado de cuenta.",
    individual: "Cuentas de planes individuales",
    individual_note: "Para los planes que paga usted.",
    fax: "Fax",
    mail: "Correo postal",
    mail_note: "Envíe un cheque con un cupón o en el sobre de respuesta que vino con su factura.",
    print_coupon: "Imprimir un cupón de pago",
    no_statement: "No tengo un estado de cuenta",
    no_statement_text: "Los números que pedimos están en todos los estados de cuenta, también en uno antiguo. Si no tiene ninguno, llámenos: podemos buscar la factura con usted. La factura llega en el mes siguiente al servicio y cada vez que se registran cargos.",
    not_all: "¿No puede pagarlo todo?",
    not_all_text: "Aquí puede pagar una parte de una factura y el resto después, hasta la fecha de vencimiento. Si necesita ayuda económica o un plan de pagos, llámenos antes de que venza la factura.",
    questions: &[
        (
            "¿En qué se diferencian una factura profesional y una de hospital?",
            "La factura profesional es por lo que se hace en un consultorio: visitas, radiografías, análisis y atención del médico. La de hospital es por cirugía, anestesia y habitación. Una visita puede traer las dos.",
        ),
        (
            "Pagué por correo postal o por teléfono y no lo veo",
            "Un pago hecho por otro medio puede tardar hasta 125 días en aparecer en una factura. Guarde su recibo y, si no está seguro, llámenos antes de pagar dos veces.",
        ),
        (
            "Necesito un comprobante para mi HSA, FSA o HRA",
            "Cada recibo indica el paciente, el proveedor, la fecha del servicio, la descripción y el importe después del seguro. Puede imprimirlo o guardarlo como archivo.",
        ),
    ],
    coupon_title: "Cupón de pago",
    coupon_lead: "Imprima esta página, corte por la línea y envíe el cupón con un cheque.",
    coupon_made: |n| {
        if n == 1 {
            "Este cupón es para su factura. Imprímalo, corte por la línea y envíelo con un cheque.".to_owned()
        } else {
            format!(
                "Hay {n} cupones, uno para cada factura. Imprímalos, corte por las líneas y envíe cada uno con un cheque."
            )
        }
    },
    coupon_on_check: "Escriba también en el cheque los números del cupón.",
    coupon_for: |kind| match kind {
        BillKind::Professional => "Cupón para una factura profesional",
        BillKind::Hospital => "Cupón para una factura de hospital",
        BillKind::Premium | BillKind::Household => "Cupón para la prima del plan",
    },
    coupon_print: "Imprimir esta página",
    coupon_cut: "Corte aquí y envíe la parte de abajo",
    coupon_payee: "Haga el cheque a nombre de",
    coupon_to: "Enviar a",
    coupon_name: "Nombre en el estado de cuenta",
    coupon_due_amount: "Importe por pagar",
    coupon_due: "Fecha de vencimiento",
    coupon_amount: "Importe incluido",
    coupon_note: "No escriba números de tarjeta en el cupón. No envíe efectivo.",
    no_region: "El cupón muestra lo que su región imprime en sus estados de cuenta.",
    choose_region: "Elija su región",
};
