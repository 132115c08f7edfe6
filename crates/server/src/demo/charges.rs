//! Bills of the demo: which services, what they cost, and how that divides. Deterministic: the same member on the same
//! day always has the same bills. Amounts are cents here; every line adds up, and every bill is the sum of its lines.

use super::people::{Person, Scenario};
use contract::{Date, bill::BillKind};

/// A generator of numbers that only look random (splitmix64), so that a seed is the same on every machine.
pub struct Rng(u64);

impl Rng {
    pub fn of(text: &str) -> Self {
        Self(
            text.bytes()
                .fold(0x9e37_79b9_7f4a_7c15, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    /// From `low`, below `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }
    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.between(0, i64::try_from(from.len()).unwrap_or(1));
        from.get(usize::try_from(at).unwrap_or(0))
    }
}

pub struct DemoBill {
    pub kind: BillKind,
    pub patient: &'static str,
    pub issued: Date,
    pub due: Date,
    pub lines: Vec<DemoLine>,
}

pub struct DemoLine {
    pub on: Date,
    pub provider: &'static str,
    pub description: &'static str,
    pub billed: i64,
    pub discount: i64,
    pub plan_paid: i64,
    pub you_paid: i64,
    pub you_owe: i64,
}

impl DemoBill {
    pub fn owed(&self) -> i64 {
        self.lines.iter().map(|line| line.you_owe).sum()
    }
}

/// What, by whom, billed from, billed below (dollars).
type Service = (&'static str, &'static str, i64, i64);

const OFFICE: [Service; 10] = [
    ("Office visit, primary care", "Leila Haddad, MD", 210, 320),
    ("Lab tests: lipid panel, A1c", "Regional Laboratory", 110, 190),
    ("X-ray, chest, 2 views", "Harbor Imaging", 180, 290),
    ("Physical therapy, 45 minutes", "Grant Street Therapy", 160, 240),
    ("Dermatology consultation", "Samir Rao, MD", 260, 390),
    ("Flu vaccine and administration", "Community Clinic", 60, 95),
    ("Eye examination", "Wei Zhang, OD", 140, 210),
    ("Lab tests: complete blood count", "Regional Laboratory", 70, 120),
    ("Allergy testing, skin", "Irene Castillo, MD", 240, 360),
    ("Follow-up visit, primary care", "Leila Haddad, MD", 130, 190),
];

const HOSPITAL: [Service; 6] = [
    ("Surgery, knee arthroscopy", "Tomas Okafor, MD", 7_200, 9_900),
    ("Anesthesia, 60 minutes", "Priya Raman, MD", 1_100, 1_600),
    ("Room, 1 night", "Lakeside Medical Center", 3_600, 4_500),
    ("Emergency department visit", "Lakeside Medical Center", 1_900, 3_100),
    ("CT scan, abdomen", "Lakeside Medical Center", 1_400, 2_200),
    ("Recovery room, 2 hours", "Lakeside Medical Center", 800, 1_300),
];

/// The bills a member has open today.
pub fn open_bills(person: &Person, today: Date) -> Vec<DemoBill> {
    let mut chance = Rng::of(person.name);
    match person.scenario {
        Scenario::Drawn => vec![drawn_professional(today), drawn_hospital(today)],
        Scenario::Ordinary => vec![
            bill(&mut chance, person, BillKind::Professional, today.plus_days(-16), today.plus_days(14)),
            bill(&mut chance, person, BillKind::Hospital, today.plus_days(-9), today.plus_days(27)),
        ],
        Scenario::OwesNothing => Vec::new(),
        Scenario::HospitalOnly => vec![
            bill(&mut chance, person, BillKind::Hospital, today.plus_days(-20), today.plus_days(10)),
            bill(&mut chance, person, BillKind::Hospital, today.plus_days(-6), today.plus_days(24)),
        ],
        Scenario::PastDue => vec![
            bill(&mut chance, person, BillKind::Professional, today.plus_days(-48), today.plus_days(-18)),
            bill(&mut chance, person, BillKind::Professional, today.plus_days(-12), today.plus_days(18)),
        ],
        Scenario::ManyPayments => {
            vec![bill(&mut chance, person, BillKind::Professional, today.plus_days(-10), today.plus_days(20))]
        }
    }
}

/// A bill of the past, paid since.
pub fn settled_bill(chance: &mut Rng, person: &Person, issued: Date) -> DemoBill {
    let is_hospital = person.scenario == Scenario::HospitalOnly || chance.between(0, 6) == 0;
    let kind = if is_hospital { BillKind::Hospital } else { BillKind::Professional };
    bill(chance, person, kind, issued, issued.plus_days(30))
}

/// A month of the plan itself, paid since.
pub fn premium_bill(person: &Person, issued: Date) -> DemoBill {
    let billed = if issued.year() % 2 == 0 { 31_840 } else { 29_960 };
    let line = drawn(issued, "Member services", "Plan premium, one month", [billed, 0, 0, 0, billed]);
    DemoBill { kind: BillKind::Premium, patient: person.name, issued, due: issued.plus_days(15), lines: vec![line] }
}

fn bill(chance: &mut Rng, person: &Person, kind: BillKind, issued: Date, due: Date) -> DemoBill {
    let services: &[Service] = if kind == BillKind::Hospital { &HOSPITAL } else { &OFFICE };
    let count = chance.between(1, 4);
    let first = issued.plus_days(-chance.between(18, 30));
    let lines = (0..count)
        .filter_map(|at| {
            let (description, provider, low, high) = *chance.pick(services)?;
            let billed = chance.between(low * 100, high * 100);
            Some(line(chance, first.plus_days(at), provider, description, billed))
        })
        .collect();
    DemoBill { kind, patient: person.patient(), issued, due, lines }
}

fn line(chance: &mut Rng, on: Date, provider: &'static str, description: &'static str, billed: i64) -> DemoLine {
    let discount = billed * chance.between(38, 48) / 100;
    let yours = billed * chance.between(6, 17) / 100 + 1;
    let you_paid = if chance.between(0, 4) == 0 { yours / 3 } else { 0 };
    let you_owe = yours - you_paid;
    DemoLine { on, provider, description, billed, discount, plan_paid: billed - discount - yours, you_paid, you_owe }
}

fn drawn_professional(today: Date) -> DemoBill {
    let visit = today.plus_days(-42);
    DemoBill {
        kind: BillKind::Professional,
        patient: "Ana O’Neill",
        issued: today.plus_days(-14),
        due: today.plus_days(11),
        lines: vec![
            drawn(visit, "Leila Haddad, MD", "Office visit, primary care", [28_500, 11_800, 14_200, 0, 2_500]),
            drawn(visit, "Regional Laboratory", "Lab tests: lipid panel, A1c", [14_600, 8_840, 4_350, 0, 1_410]),
            drawn(
                visit.plus_days(2),
                "Oakland Imaging",
                "X-ray, left wrist, 3 views",
                [23_200, 9_700, 9_000, 2_000, 2_500],
            ),
        ],
    }
}

fn drawn_hospital(today: Date) -> DemoBill {
    let day = today.plus_days(-33);
    let surgery = [984_000, 431_000, 483_000, 0, 70_000];
    DemoBill {
        kind: BillKind::Hospital,
        patient: "Ana O’Neill",
        issued: today.plus_days(-7),
        due: today.plus_days(25),
        lines: vec![
            drawn(day, "Tomas Okafor, MD", "Surgery, wrist fracture", surgery),
            drawn(day, "Priya Raman, MD", "Anesthesia, 75 minutes", [146_000, 61_000, 70_000, 0, 15_000]),
            drawn(day, "Oakland Medical Center", "Room, 1 night", [420_000, 190_000, 200_000, 0, 30_000]),
        ],
    }
}

fn drawn(on: Date, provider: &'static str, description: &'static str, cents: [i64; 5]) -> DemoLine {
    let [billed, discount, plan_paid, you_paid, you_owe] = cents;
    DemoLine { on, provider, description, billed, discount, plan_paid, you_paid, you_owe }
}

#[cfg(test)]
mod tests {
    use super::{super::people::PEOPLE, *};
    use contract::Region;

    fn today() -> Date {
        Date::parse("2026-11-23").unwrap()
    }

    #[test]
    fn every_line_of_every_bill_adds_up() {
        for person in &PEOPLE {
            let mut chance = Rng::of(person.email);
            let settled = (0..50).map(|at| settled_bill(&mut chance, person, today().plus_days(-30 * at - 40)));
            for bill in open_bills(person, today()).into_iter().chain(settled) {
                assert!(!bill.lines.is_empty());
                for line in &bill.lines {
                    assert_eq!(line.billed, line.discount + line.plan_paid + line.you_paid + line.you_owe);
                    assert!(line.discount > 0 && line.plan_paid > 0 && line.you_paid >= 0 && line.you_owe > 0);
                    assert!(line.on < bill.issued);
                }
            }
        }
    }

    #[test]
    fn the_drawn_member_owes_what_is_drawn() {
        let owed: Vec<_> =
            open_bills(&PEOPLE[0], today()).iter().map(|bill| (bill.owed(), bill.due.to_string())).collect();
        assert_eq!(owed, [(6_410, "2026-12-04".to_owned()), (115_000, "2026-12-18".to_owned())]);
    }

    #[test]
    fn the_same_day_gives_the_same_bills() {
        for person in &PEOPLE {
            let owed = |bills: Vec<DemoBill>| bills.iter().map(DemoBill::owed).collect::<Vec<_>>();
            assert_eq!(owed(open_bills(person, today())), owed(open_bills(person, today())));
        }
    }

    #[test]
    fn every_region_has_a_member_and_every_story_is_told() {
        for region in Region::ALL {
            assert!(PEOPLE.iter().any(|person| person.region == region), "{region}");
        }
        let has = |scenario| PEOPLE.iter().any(|person| person.scenario == scenario);
        assert!(
            has(Scenario::OwesNothing)
                && has(Scenario::HospitalOnly)
                && has(Scenario::PastDue)
                && has(Scenario::ManyPayments)
        );
    }
}
