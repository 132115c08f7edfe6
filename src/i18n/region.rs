//! Texts of the region page.

pub struct RegionWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub region: &'static str,
    pub with_southwest: &'static str,
    pub follow_up: &'static str,
    pub follow_up_note: &'static str,
    pub yes: &'static str,
    pub yes_note: &'static str,
    pub no: &'static str,
    pub no_note: &'static str,
    pub go_on: &'static str,
    pub choose_region: &'static str,
    pub choose_answer: &'static str,
}

pub const EN: RegionWords = RegionWords {
    title: "Where is your health plan?",
    lead: "Each region prints its statements differently. We remember your answer on this device.",
    region: "Region",
    with_southwest: "With Clark and Cowlitz counties, Washington",
    follow_up: "Do you live in Clark or Cowlitz county?",
    follow_up_note: "Vancouver, Camas, Longview and Kelso are there. South-west Washington is served together with Oregon; the rest of the state has its own plan.",
    yes: "Yes",
    yes_note: "Your bill comes from the Oregon plan",
    no: "No",
    no_note: "Your bill comes from the Washington plan",
    go_on: "Continue",
    choose_region: "Region: choose where your health plan is",
    choose_answer: "Clark or Cowlitz county: choose yes or no",
};

pub const ES: RegionWords = RegionWords {
    title: "¿Dónde está su plan de salud?",
    lead: "Cada región imprime sus estados de cuenta de otra manera. Recordamos su respuesta en este dispositivo.",
    region: "Región",
    with_southwest: "Con los condados de Clark y Cowlitz, Washington",
    follow_up: "¿Vive en el condado de Clark o de Cowlitz?",
    follow_up_note: "Allí están Vancouver, Camas, Longview y Kelso. El suroeste de Washington se atiende junto con Oregón; el resto del estado tiene su propio plan.",
    yes: "Sí",
    yes_note: "Su factura viene del plan de Oregón",
    no: "No",
    no_note: "Su factura viene del plan de Washington",
    go_on: "Continuar",
    choose_region: "Región: elija dónde está su plan de salud",
    choose_answer: "Condado de Clark o de Cowlitz: elija sí o no",
};
