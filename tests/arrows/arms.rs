//! The arms of a `match` over routes or pages: which of them takes whatever comes, so that a new route would be drawn,
//! or passed over, by an arm that was not written for it.

/// What is matched by name: routes, pages, and the groups of routes (`Route::Pay(Pay::Find)`).
const ENUMS: [&str; 6] = ["Route", "Page", "Pay", "Read", "Enter", "Account"];

fn names(pattern: &str, is_in_route: bool) -> bool {
    let is_named = |name: &str| pattern.contains(&format!("{name}::"));
    ENUMS.into_iter().any(is_named) || is_in_route && is_named("Self")
}

/// The parts of a pattern between a sign that stands in no brackets.
fn parts(pattern: &str, sign: char) -> Vec<&str> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, letter) in pattern.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ if letter == sign && depth == 0 => {
                found.push(pattern[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(pattern[from..].trim());
    found.retain(|part| !part.is_empty());
    found
}

/// What stands in a pair of brackets that begins and ends the pattern.
fn inside<'a>(pattern: &'a str, before: &str) -> Option<&'a str> {
    pattern.strip_prefix(before)?.strip_prefix('(')?.strip_suffix(')')
}

/// `_`, `..`, `Some(_)`, a name that takes whatever comes, alone or among others.
fn is_catch_all(pattern: &str) -> bool {
    let alternatives = parts(pattern, '|');
    if alternatives.len() != 1 {
        return alternatives.into_iter().any(is_catch_all);
    }
    let pattern = alternatives[0].trim_start_matches('&');
    if let Some(inner) = inside(pattern, "Some").or_else(|| inside(pattern, "")) {
        return parts(inner, ',').into_iter().all(is_catch_all);
    }
    if let Some((_, rest)) = pattern.split_once('@') {
        return is_catch_all(rest);
    }
    let name = pattern.split(' ').filter(|word| !["ref", "mut"].contains(word)).collect::<String>();
    let is_of_name = |letter: char| letter == '_' || letter.is_lowercase() || letter.is_ascii_digit();
    let is_value =
        ["true", "false"].contains(&name.as_str()) || name.starts_with(|letter: char| letter.is_ascii_digit());
    name == ".." || !is_value && name.chars().all(is_of_name)
}

/// `Pay(_)` beside `Pay(Pay::Find)`: the rest of a group, whatever is added to it.
fn is_rest_of(group: &str, pattern: &str) -> bool {
    let starts = pattern.match_indices(group).filter(|(at, _)| !pattern[..*at].ends_with(char::is_alphanumeric));
    let mut behind = starts.filter_map(|(at, _)| pattern[at + group.len()..].strip_prefix('(')?.split_once(')'));
    behind.any(|(inner, _)| is_catch_all(inner))
}

/// An arm's alternatives without its guard, each as the columns of a tuple; one column where it is none.
fn columns(arm: &str) -> Vec<Vec<&str>> {
    let pattern = arm.split(" if ").next().unwrap();
    let of = |one| inside(one, "Some").unwrap_or(one);
    let columns = |one| inside(of(one), "").map_or_else(|| vec![one], |inner| parts(inner, ','));
    parts(pattern, '|').into_iter().map(columns).collect()
}

/// What stands at a place of a tuple; what is no tuple stands at each, and so does what `..` leaves out.
fn column<'a>(row: &[&'a str], at: usize, widest: usize) -> &'a str {
    let rest = row.iter().position(|one| *one == "..").unwrap_or(row.len());
    let from_end = row.len() + at;
    match () {
        () if row.len() == 1 => row[0],
        () if at < rest => row[at],
        () => row.get(from_end.saturating_sub(widest)).filter(|_| from_end > widest + rest).unwrap_or(&".."),
    }
}

pub fn is_of_routes(arms: &[String], is_in_route: bool) -> bool {
    arms.iter().any(|arm| names(arm, is_in_route))
}

/// The first arm that takes a route which is not named in it. In a tuple, only what stands where a route is matched.
pub fn swallows(arms: &[String], is_in_route: bool) -> Option<&str> {
    let rows: Vec<_> = arms.iter().flat_map(|arm| columns(arm).into_iter().map(move |row| (arm, row))).collect();
    let widest = rows.iter().map(|(_, row)| row.len()).max()?;
    let is_routed = |at: usize| rows.iter().any(|(_, row)| names(column(row, at, widest), is_in_route));
    let routed: Vec<_> = (0..widest).filter(|at| is_routed(*at)).collect();
    let is_matched = |group: &str| arms.iter().any(|arm| arm.contains(&format!("{group}::")));
    let is_rest = |one: &str| ENUMS.into_iter().any(|group| is_matched(group) && is_rest_of(group, one));
    let takes = |row: &[&str]| {
        row.iter().any(|one| is_rest(one)) || routed.iter().any(|at| is_catch_all(column(row, *at, widest)))
    };
    rows.iter().find(|(_, row)| takes(row)).map(|(arm, _)| arm.as_str())
}

/// The patterns of each `match`, by rustfmt's indentation: an arm stands four further to the right than its `match`.
pub fn matches(code: &str) -> Vec<Vec<String>> {
    let lines: Vec<_> = code.lines().collect();
    let margin = |line: &str| line.len() - line.trim_start().len();
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let begins = |line: &str| line.split(|c: char| !is_of_name(c)).any(|word| word == "match");
    // a long scrutinee ends on a line of its own
    let opens =
        |at: usize| (at..lines.len()).find(|to| lines[*to].ends_with('{') && margin(lines[*to]) == margin(lines[at]));
    let arms = |at: usize| {
        let own = margin(lines[at]);
        let inner = lines[at + 1..].iter().take_while(move |line| line.is_empty() || margin(line) > own);
        let (mut found, mut pattern) = (Vec::new(), String::new());
        for line in inner {
            let begins = margin(line) == own + 4 && !line.trim_start().starts_with(['}', ')', ']', '#']);
            if begins || !pattern.is_empty() {
                pattern.push_str(line.trim());
                pattern.push(' ');
            }
            if let Some((before, _)) = pattern.split_once("=>") {
                found.push(before.trim().to_owned());
                pattern.clear();
            }
        }
        found
    };
    (0..lines.len()).filter(|at| begins(lines[*at])).filter_map(opens).map(arms).collect()
}

#[test]
fn an_arm_that_takes_whatever_comes_is_known_by_its_pattern() {
    let catch_alls =
        ["_", "Some(_)", "other", "Route::Home | _", "page1", "(_, _)", "(a, b2)", "Some((_, _))", "..", "ref a"];
    for pattern in catch_alls.into_iter().chain(["all @ _", "&_", "mut page"]) {
        assert!(is_catch_all(pattern), "{pattern}");
    }
    for pattern in
        ["None", "Some(Read::Help)", "Page::Paying(_)", "Ok(view)", "true", "404", "all @ Route::Home", "(_, true)"]
    {
        assert!(!is_catch_all(pattern), "{pattern}");
    }
    assert!(is_rest_of("Pay", "Self::Home | Self::Pay(_)") && is_rest_of("Pay", "Some(Route::Pay(page2))"));
    assert!(!is_rest_of("Pay", "Self::Pay(Pay::Find)") && !is_rest_of("Pay", "Self::Repay(_)"));
    let swallowed = |arms: &[&str]| {
        let arms: Vec<_> = arms.iter().map(|arm| (*arm).to_owned()).collect();
        (
            is_of_routes(&arms, false),
            swallows(&arms, false).map(str::to_owned),
            swallows(&arms, true).map(str::to_owned),
        )
    };
    let by = |arm: &str| Some(arm.to_owned());
    assert_eq!(swallowed(&["Route::Home", "_ if x"]), (true, by("_ if x"), by("_ if x")));
    assert_eq!(swallowed(&["(Route::Home, _)", "(Route::Region, true)"]), (true, None, None));
    assert_eq!(swallowed(&["(true, Pay::Find)", "(_, _)"]), (true, by("(_, _)"), by("(_, _)")));
    assert_eq!(swallowed(&["(Pay::Find, true)", "(page1, false)"]).1, by("(page1, false)"));
    assert_eq!(swallowed(&["(Pay::Find, true)", "(.., false)"]).1, by("(.., false)"));
    assert_eq!(swallowed(&["(true, 1, Pay::Find)", "(.., Pay::Method)", "(false, ..)"]).1, by("(false, ..)"));
    assert_eq!(swallowed(&["Some((Pay::Find, true))", "Some((Pay::Amount, ..))", "None"]).1, None);
    assert_eq!(swallowed(&["Self::Home", "_"]), (false, None, by("_")));
}

#[test]
fn arms_are_found_by_their_indentation() {
    let code = "    let a = match b {\n        A::B(\n            c,\n        ) => 1,\n        A::C\n        | A::D => match e {\n            _ => 2,\n        },\n    };\n";
    assert_eq!(matches(code), [vec!["A::B( c, )", "A::C | A::D"], vec!["_"]]);
    let long = "match (\n    a,\n    b,\n) {\n    (\n        A::B,\n        _,\n    ) => [\n        1,\n    ],\n    #[cfg(c)]\n    d1 => {\n        2\n    }\n}\nlet is_match = {\n    a => 1,\n};\n";
    assert_eq!(matches(long), [vec!["( A::B, _, )", "d1"]]);
}
